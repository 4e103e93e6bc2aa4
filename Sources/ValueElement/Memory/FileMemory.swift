#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Records in one file: appended to and synced at every commit, rewritten beside and renamed when it has grown.
///
/// The file is locked while it is open, is readable by its owner alone, and has the form of `RecordLog`.
public final class FileMemory: NonVolatileMemory {
    /// Where the file lies.
    public let path: String
    private var descriptor: CInt
    private var records: [RecordName: [UInt8]]
    private var serial: UInt32
    private var end: Int
    private let failure: FailureSwitch?

    /// Makes a new file that holds `records`.
    ///
    /// - Throws: `MemoryError` `.exists`, `.writeFailed`, `.inUse`.
    public static func create(
        at path: String, _ records: [RecordName: [UInt8]], failure: FailureSwitch? = nil
    ) throws(MemoryError) -> FileMemory {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw MemoryError(errno == EEXIST ? .exists : .writeFailed, path, errno: errno)
        }
        let memory = FileMemory(path, descriptor, RecordLog.Content(), failure)
        try memory.lock()
        do {
            try memory.rewrite(records)
        } catch {
            // Otherwise the name would be taken by a file that is no memory.
            if error == MemoryError(.writeFailed, "") { unsafe unlink(path) }
            throw error
        }
        return memory
    }

    /// Opens the file at `path`; what a power cut left torn at its end is dropped.
    ///
    /// - Throws: `MemoryError` `.missing`, `.unreadable`, `.inUse`, `.notMemory`, `.unknownVersion`, `.corrupt`.
    public init(at path: String, failure: FailureSwitch? = nil) throws(MemoryError) {
        self.path = path
        self.failure = failure
        (records, serial, end) = ([:], 0, 0)
        descriptor = unsafe open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw MemoryError(errno == ENOENT ? .missing : .unreadable, path, errno: errno)
        }
        try lock()
        _ = try load()
    }

    private init(_ path: String, _ descriptor: CInt, _ content: RecordLog.Content, _ failure: FailureSwitch?) {
        self.path = path
        self.descriptor = descriptor
        self.failure = failure
        (records, serial, end) = (content.records, content.serial, content.end)
    }

    deinit { close(descriptor) }

    private func lock() throws(MemoryError) {
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw MemoryError(.inUse, path, errno: errno) }
        // The lock is the file's, not its name's: another program may have renamed a new one over it in between.
        var held = stat()
        var named = stat()
        guard unsafe fstat(descriptor, &held) == 0, unsafe stat(path, &named) == 0, held.st_dev == named.st_dev,
            held.st_ino == named.st_ino
        else { throw MemoryError(.inUse, path) }
    }

    public func load() throws(MemoryError) -> [RecordName: [UInt8]] {
        if let failure, failure.isOff { throw MemoryError(.powerLost, path) }
        let content: RecordLog.Content
        do {
            content = try RecordLog.parse(try readAll())
        } catch let fault as RecordLog.Fault {
            switch fault {
            case .notMemory: throw MemoryError(.notMemory, path)
            case .unknownVersion: throw MemoryError(.unknownVersion, path)
            case .corrupt: throw MemoryError(.corrupt, path)
            }
        } catch let error as MemoryError {
            throw error
        } catch {
            throw MemoryError(.unreadable, path)
        }
        (records, serial, end) = (content.records, content.serial, content.end)
        guard ftruncate(descriptor, off_t(end)) == 0 else { throw MemoryError(.unreadable, path, errno: errno) }
        return records
    }

    private func readAll() throws(MemoryError) -> [UInt8] {
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

    public func commit(_ changes: [RecordChange]) throws(MemoryError) {
        guard !changes.isEmpty else { return }
        var next = records
        for change in changes { next[change.name] = change.content }
        if end > FileMemory.rewriteThreshold(next) {
            try rewrite(next)
            return
        }
        let frame = RecordLog.frame(changes, serial: serial &+ 1)
        do throws(MemoryError) {
            try write(frame, to: descriptor, at: end)
            guard fdatasync(descriptor) == 0 else { throw MemoryError(.writeFailed, path, errno: errno) }
        } catch {
            // What was appended may be whole already; taken away, or the memory must not go on.
            if error == MemoryError(.writeFailed, ""), ftruncate(descriptor, off_t(end)) != 0 || fsync(descriptor) != 0
            {
                throw MemoryError(.powerLost, path, errno: errno)
            }
            throw error
        }
        end += frame.count
        serial &+= 1
        records = next
    }

    /// A file several times as long as what it holds is worth rewriting.
    private static func rewriteThreshold(_ records: [RecordName: [UInt8]]) -> Int {
        max(1 << 16, 8 * records.values.reduce(0) { $0 + $1.count })
    }

    private func rewrite(_ next: [RecordName: [UInt8]]) throws(MemoryError) {
        let temporary = path + ".new"
        // One that a power cut left, or somebody laid there: its mode and owner are not to be trusted with keys.
        unsafe unlink(temporary)
        let fresh = unsafe open(temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard fresh >= 0 else { throw MemoryError(.writeFailed, temporary, errno: errno) }
        let changes = next.sorted { $0.key < $1.key }.map { RecordChange($0.key, $0.value) }
        let bytes = RecordLog.header + RecordLog.frame(changes, serial: 1)
        do throws(MemoryError) {
            guard flock(fresh, LOCK_EX | LOCK_NB) == 0 else { throw MemoryError(.inUse, temporary, errno: errno) }
            try write(bytes, to: fresh, at: 0)
            guard fsync(fresh) == 0, unsafe rename(temporary, path) == 0 else {
                throw MemoryError(.writeFailed, temporary, errno: errno)
            }
        } catch {
            close(fresh)
            // On a full disk half a file is room that others need.
            if error == MemoryError(.writeFailed, "") { unsafe unlink(temporary) }
            throw error
        }
        close(descriptor)
        descriptor = fresh
        (records, serial, end) = (next, 1, bytes.count)
        try syncFolder()
    }

    /// A rename is on the disk only once its folder is.
    private func syncFolder() throws(MemoryError) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let folder = parts.isEmpty ? "." : parts.joined(separator: "/") + "/"
        let descriptor = unsafe open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw MemoryError(.powerLost, folder, errno: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw MemoryError(.powerLost, folder, errno: errno) }
    }

    private func write(_ bytes: [UInt8], to descriptor: CInt, at offset: Int) throws(MemoryError) {
        var count = bytes.count
        var isLast = false
        if let failure {
            guard let permit = failure.permit(bytes.count) else { throw MemoryError(.powerLost, path) }
            (count, isLast) = permit
        }
        var done = 0
        while done < count {
            let written = unsafe bytes.withUnsafeBytes { source in
                unsafe pwrite(
                    descriptor, source.baseAddress?.advanced(by: done), count - done, off_t(offset + done))
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw MemoryError(.writeFailed, path, errno: errno) }
            done += written
        }
        if isLast { throw MemoryError(.powerLost, path) }
    }
}
