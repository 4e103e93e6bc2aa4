#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A file of a memory: locked while it is open, and readable by its owner alone.
final class LockedFile {
    /// Where it lies.
    private(set) var path: String
    private let descriptor: CInt

    /// Makes a new file.
    ///
    /// - Throws: `MemoryError` `.exists`, `.writeFailed`, `.inUse`.
    static func create(at path: String) throws(MemoryError) -> LockedFile {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw MemoryError(errno == EEXIST ? .exists : .writeFailed, path, errno: errno)
        }
        return try LockedFile(path, descriptor)
    }

    /// Makes a file beside `path` that is to take its place by ``replace(_:)``.
    ///
    /// - Throws: `MemoryError` `.writeFailed`, `.inUse`.
    static func create(beside path: String) throws(MemoryError) -> LockedFile {
        let temporary = path + ".new"
        // One that a power cut left, or somebody laid there: its mode and owner are not to be trusted with keys.
        unsafe unlink(temporary)
        do throws(MemoryError) {
            return try create(at: temporary)
        } catch {
            guard error == MemoryError(.exists, "") else { throw error }
            throw MemoryError(.writeFailed, temporary, errno: error.errno)
        }
    }

    /// Opens a file that is there.
    ///
    /// - Throws: `MemoryError` `.missing`, `.unreadable`, `.inUse`.
    convenience init(at path: String) throws(MemoryError) {
        let descriptor = unsafe open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw MemoryError(errno == ENOENT ? .missing : .unreadable, path, errno: errno)
        }
        try self.init(path, descriptor)
    }

    private init(_ path: String, _ descriptor: CInt) throws(MemoryError) {
        self.path = path
        self.descriptor = descriptor
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw MemoryError(.inUse, path, errno: errno) }
        // The lock is the file's, not its name's: another program may have renamed a new one over it in between.
        var held = stat()
        var named = stat()
        guard unsafe fstat(descriptor, &held) == 0, unsafe stat(path, &named) == 0, held.st_dev == named.st_dev,
            held.st_ino == named.st_ino
        else { throw MemoryError(.inUse, path) }
    }

    deinit { close(descriptor) }

    /// - Throws: `MemoryError` `.unreadable`.
    func readAll() throws(MemoryError) -> [UInt8] {
        let size = lseek(descriptor, 0, SEEK_END)
        guard size >= 0 else { throw MemoryError(.unreadable, path, errno: errno) }
        var bytes = [UInt8](repeating: 0, count: Int(size))
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { room in
                unsafe pread(descriptor, room.baseAddress?.advanced(by: done), room.count - done, off_t(done))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw MemoryError(.unreadable, path, errno: errno) }
            done += count
        }
        return bytes
    }

    /// - Throws: `MemoryError` `.writeFailed`; a part may be written then.
    func write(_ bytes: some Collection<UInt8>, at offset: Int) throws(MemoryError) {
        let bytes = Array(bytes)
        var done = 0
        while done < bytes.count {
            let written = unsafe bytes.withUnsafeBytes { source in
                unsafe pwrite(
                    descriptor, source.baseAddress?.advanced(by: done), source.count - done, off_t(offset + done))
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw MemoryError(.writeFailed, path, errno: errno) }
            done += written
        }
    }

    /// What was written is on the disk afterwards.
    ///
    /// - Throws: `MemoryError` `.writeFailed`.
    func sync() throws(MemoryError) {
        guard fdatasync(descriptor) == 0 else { throw MemoryError(.writeFailed, path, errno: errno) }
    }

    /// Cuts the file off, and has that on the disk.
    ///
    /// - Throws: `MemoryError` `.unreadable`.
    func truncate(to count: Int) throws(MemoryError) {
        guard ftruncate(descriptor, off_t(count)) == 0, fsync(descriptor) == 0 else {
            throw MemoryError(.unreadable, path, errno: errno)
        }
    }

    /// Takes the place of the file at `path`. On the disk that is only once ``syncFolder()`` has returned.
    ///
    /// - Throws: `MemoryError` `.writeFailed`.
    func replace(_ path: String) throws(MemoryError) {
        guard fsync(descriptor) == 0, unsafe rename(self.path, path) == 0 else {
            throw MemoryError(.writeFailed, self.path, errno: errno)
        }
        self.path = path
    }

    /// Takes the name away: on a full disk half a file is room that others need, and one that is no memory is no use.
    func remove() { unsafe unlink(path) }

    /// A name is on the disk only once its folder is.
    ///
    /// - Throws: `MemoryError` `.powerLost`, since nobody knows what a power cut would leave.
    func syncFolder() throws(MemoryError) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let folder = parts.isEmpty ? "." : parts.joined(separator: "/") + "/"
        let descriptor = unsafe open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw MemoryError(.powerLost, folder, errno: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw MemoryError(.powerLost, folder, errno: errno) }
    }
}
