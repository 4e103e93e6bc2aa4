public import SystemPackage

/// Files that another library opens by name.
public enum ExternalFile {
    /// Creates an empty file, readable only by its owner; the name must be free.
    ///
    /// - Throws: `FileError` `.exists`, `.missing` (the folder), `.notPermitted`, `.diskFull`, `.notWritten`.
    public static func createEmpty(_ path: FilePath) throws(FileError) {
        _ = try Descriptor(
            path, .writeOnly, [.create, .exclusiveCreate, .noFollow], permissions: .ownerReadWrite,
            otherwise: .notWritten)
    }

    /// Checks that the file exists and that this user may read and write it, without opening it: closing a file
    /// releases all record locks that the process has on it, SQLite's among them.
    ///
    /// - Throws: `FileError` `.missing`, `.notPermitted`, `.notOpened`.
    public static func checkReadWrite(_ path: FilePath) throws(FileError) {
        try attempt(path, .notOpened) {
            try SystemCalls.checkAccess(path, SystemCalls.existence)
            try SystemCalls.checkAccess(path, SystemCalls.readAndWrite)
        }
    }

    /// The target of a symbolic link; bytes that are not UTF-8 are replaced.
    ///
    /// - Throws: `FileError` `.missing`, `.notPermitted`, `.notRead` where it is not a symbolic link.
    public static func target(ofLink path: FilePath) throws(FileError) -> String {
        try attempt(path, .notRead) { try SystemCalls.target(of: path) }
    }
}
