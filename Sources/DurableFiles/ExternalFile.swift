public import SystemPackage

/// Files that another library opens by their names.
public enum ExternalFile {
    /// Makes an empty file, readable by its owner alone; nothing may have the name.
    ///
    /// - Throws: `FileError` `.exists`, `.missing` (the folder), `.notPermitted`, `.diskFull`, `.notWritten`.
    public static func createEmpty(_ path: FilePath) throws(FileError) {
        _ = try Descriptor(
            path, .writeOnly, [.create, .exclusiveCreate, .noFollow], permissions: .ownerReadWrite,
            otherwise: .notWritten)
    }

    /// Asks whether the file exists and this user may read and write it, without opening it: closing a file lets go of
    /// all record locks that the process has on it, SQLite's among them.
    ///
    /// - Throws: `FileError` `.missing`, `.notPermitted`, `.notOpened`.
    public static func checkReadWrite(_ path: FilePath) throws(FileError) {
        try attempt(path, .notOpened) {
            try SystemCalls.checkAccess(path, SystemCalls.existence)
            try SystemCalls.checkAccess(path, SystemCalls.readAndWrite)
        }
    }

    /// What a symbolic link says; bytes of it that are not UTF-8 are replaced.
    ///
    /// - Throws: `FileError` `.missing`, `.notPermitted`, `.notRead` where it is none.
    public static func target(ofLink path: FilePath) throws(FileError) -> String {
        try attempt(path, .notRead) { try SystemCalls.target(of: path) }
    }
}
