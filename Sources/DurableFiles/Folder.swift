public import SystemPackage

/// Creates, lists and synchronizes folders.
public enum Folder {
    /// Creates a folder and its missing parents; existing ones are left unchanged.
    ///
    /// - Parameters:
    ///   - path: of the folder.
    ///   - permissions: of those that are created, less the process's umask; by default only their owner's.
    /// - Throws: `FileError` `.exists` where a file has the name; `.notPermitted`, `.diskFull`, `.notWritten`,
    ///   `.notSynchronized`.
    public static func create(
        _ path: FilePath, permissions: FilePermissions = .ownerReadWriteExecute
    ) throws(FileError) {
        if try FileKind.ofTarget(path) == .folder { return }
        let parent = path.folder
        if parent != path { try create(parent, permissions: permissions) }
        do throws(FileError) {
            try attempt(path, .notWritten) { try SystemCalls.makeFolder(path, permissions) }
        } catch {
            // Another program may have created it meanwhile.
            guard error.code == .exists, try FileKind.ofTarget(path) == .folder else { throw error }
        }
        // What is made in it lasts no longer than its own name.
        try synchronize(parent)
    }

    /// The names in a folder, sorted.
    ///
    /// - Throws: `FileError` `.missing`, `.notPermitted`, `.notRead`.
    public static func names(in path: FilePath) throws(FileError) -> [FilePath.Component] {
        try attempt(path, .notRead) { try SystemCalls.names(in: path).sorted { $0.description < $1.description } }
    }

    /// Removes a name.
    ///
    /// - Throws: `FileError` `.missing`, `.isFolder`, `.notPermitted`, `.notWritten`.
    public static func remove(_ path: FilePath) throws(FileError) {
        try attempt(path, .notWritten) { try SystemCalls.remove(path) }
        try synchronize(path.folder)
    }

    /// Waits until the names in a folder are on the disk.
    ///
    /// - Throws: `FileError` `.notSynchronized` and others, naming the folder.
    public static func synchronize(_ path: FilePath) throws(FileError) {
        let folder = try Descriptor(path, .readOnly, .directory)
        do throws(FileError) {
            try folder.synchronize(otherwise: .notSynchronized)
        } catch {
            throw FileError(.notSynchronized, path.description, cause: error.cause)
        }
    }
}
