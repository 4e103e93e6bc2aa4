public import SystemPackage

/// A file that one program at a time has open, readable by its owner alone.
///
/// The lock is `flock`'s on the whole file, without waiting. It goes when nobody holds this object any longer, also when
/// the program is killed.
public final class LockedFile {
    /// Where it lies.
    public private(set) var path: FilePath
    private let file: Descriptor

    /// Makes a new file.
    ///
    /// - Throws: `FileError` `.exists`, `.missing` (the folder), `.locked`, `.notPermitted`, `.diskFull`, `.notWritten`.
    public static func create(at path: FilePath) throws(FileError) -> LockedFile {
        try LockedFile(
            Descriptor(
                path, .readWrite, [.create, .exclusiveCreate, .noFollow], permissions: .ownerReadWrite,
                otherwise: .notWritten))
    }

    /// Makes the file `path.new`, which is to take the place of `path` by ``replace(_:)``.
    ///
    /// - Throws: as ``create(at:)``.
    public static func create(beside path: FilePath) throws(FileError) -> LockedFile {
        let temporary = path.beside(".new")
        do throws(Errno) {
            // One that a power cut left, or somebody put there: its mode and owner are not to be trusted with keys.
            try SystemCalls.remove(temporary)
        } catch {
            // Nothing was there, or what is there cannot be removed, and making the file fails for it.
        }
        return try create(at: temporary)
    }

    /// Opens a file that exists.
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

    /// - Throws: `FileError` `.diskFull`, `.tooLarge`, `.notWritten`; a part may be written then.
    public func write(_ bytes: some Collection<UInt8>, at offset: Int) throws(FileError) {
        try renamed { () throws(FileError) in try file.write(bytes, at: offset) }
    }

    /// What was written is on the disk afterwards.
    ///
    /// - Throws: `FileError` `.notWritten`.
    public func synchronize() throws(FileError) {
        try renamed { () throws(FileError) in try file.synchronizeData() }
    }

    /// Cuts the file off, and has that on the disk.
    ///
    /// - Throws: `FileError` `.notWritten`.
    public func truncate(to count: Int) throws(FileError) {
        try renamed { () throws(FileError) in try file.truncate(to: count) }
    }

    /// Takes the place of the file at `path`. On the disk that is only once ``synchronizeFolder()`` has returned.
    ///
    /// - Throws: `FileError` `.diskFull`, `.notPermitted`, `.notWritten`.
    public func replace(_ path: FilePath) throws(FileError) {
        try renamed { () throws(FileError) in try file.synchronize() }
        try attempt(self.path, .notWritten) { try SystemCalls.rename(self.path, to: path) }
        self.path = path
    }

    /// Takes the name away: on a full disk half a file takes up space that others need.
    ///
    /// - Throws: `FileError` `.missing`, `.notPermitted`, `.notWritten`.
    public func remove() throws(FileError) {
        try attempt(path, .notWritten) { try SystemCalls.remove(path) }
    }

    /// A name is on the disk only once its folder is.
    ///
    /// - Throws: `FileError` `.notSynchronized` naming the folder, since nobody knows what a power cut would leave.
    public func synchronizeFolder() throws(FileError) { try Folder.synchronize(path.folder) }

    /// Errors name the file as it is called now.
    private func renamed<Value>(_ body: () throws(FileError) -> Value) throws(FileError) -> Value {
        do throws(FileError) {
            return try body()
        } catch {
            throw FileError(error.code, path.description, cause: error.cause)
        }
    }
}
