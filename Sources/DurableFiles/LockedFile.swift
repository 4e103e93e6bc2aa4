public import SystemPackage

/// A file that one program at a time has open, readable only by its owner.
///
/// The lock is `flock` on the whole file, without waiting. It is released with this object, and also when the program
/// is killed.
public final class LockedFile {
    /// Its current path.
    public private(set) var path: FilePath
    private let file: Descriptor

    /// Creates a new file.
    ///
    /// - Throws: `FileError` `.exists`, `.missing` (the folder), `.locked`, `.notPermitted`, `.diskFull`,
    ///   `.notWritten`.
    public static func create(at path: FilePath) throws(FileError) -> LockedFile {
        try LockedFile(
            Descriptor(
                path, .readWrite, [.create, .exclusiveCreate, .noFollow], permissions: .ownerReadWrite,
                otherwise: .notWritten))
    }

    /// Creates the file `path.new`, which is to replace `path` by ``replace(_:)``.
    ///
    /// - Throws: as ``create(at:)``.
    public static func create(beside path: FilePath) throws(FileError) -> LockedFile {
        let temporary = path.beside(".new")
        do throws(Errno) {
            // A leftover of a power failure, or another program's file: its mode and owner must not be trusted with
            // keys.
            try SystemCalls.remove(temporary)
        } catch {
            // It did not exist, or cannot be removed, and creating the file then fails.
        }
        return try create(at: temporary)
    }

    /// Opens an existing file.
    ///
    /// - Throws: `FileError` `.missing`, `.locked`, `.notRegular`, `.isFolder`, `.notPermitted`, `.notOpened`.
    public convenience init(at path: FilePath) throws(FileError) {
        try self.init(Descriptor(path, .readWrite, []))
    }

    private init(_ file: Descriptor) throws(FileError) {
        path = file.path
        self.file = file
        try file.requireRegular()
        try file.lock()
    }

    /// - Throws: `FileError` `.notRead`.
    public func readAll() throws(FileError) -> [UInt8] { try renamed { () throws(FileError) in try file.readAll() } }

    /// - Throws: `FileError` `.diskFull`, `.tooLarge`, `.notWritten`; a part may have been written.
    public func write(_ bytes: some Collection<UInt8>, at offset: Int) throws(FileError) {
        try renamed { () throws(FileError) in try file.write(bytes, at: offset) }
    }

    /// Waits until all writes are on the disk.
    ///
    /// - Throws: `FileError` `.notWritten`.
    public func synchronize() throws(FileError) {
        try renamed { () throws(FileError) in try file.synchronizeData() }
    }

    /// Truncates the file, durably.
    ///
    /// - Throws: `FileError` `.notWritten`.
    public func truncate(to count: Int) throws(FileError) {
        try renamed { () throws(FileError) in try file.truncate(to: count) }
    }

    /// Replaces the file at `path`. That is durable only once ``synchronizeFolder()`` has returned.
    ///
    /// - Throws: `FileError` `.diskFull`, `.notPermitted`, `.notWritten`.
    public func replace(_ path: FilePath) throws(FileError) {
        try renamed { () throws(FileError) in try file.synchronize() }
        try attempt(self.path, .notWritten) { try SystemCalls.rename(self.path, to: path) }
        self.path = path
    }

    /// Removes the file: on a full disk a half-written file takes up space.
    ///
    /// - Throws: `FileError` `.missing`, `.notPermitted`, `.notWritten`.
    public func remove() throws(FileError) {
        try attempt(path, .notWritten) { try SystemCalls.remove(path) }
    }

    /// Makes the name durable: it is on the disk only once its folder is.
    ///
    /// - Throws: `FileError` `.notSynchronized` naming the folder: what a power failure would leave is unknown.
    public func synchronizeFolder() throws(FileError) { try Folder.synchronize(path.folder) }

    /// Errors carry the file's current name.
    private func renamed<Value>(_ body: () throws(FileError) -> Value) throws(FileError) -> Value {
        do throws(FileError) {
            return try body()
        } catch {
            throw FileError(error.code, path.description, cause: error.cause)
        }
    }
}
