#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// A text file of whole lines that only grows: locked against other programs, and on stable storage line by line.
///
/// A last line without its end is what a power cut left of a line that nobody was told of: it is cut off when the file
/// is opened.
final class AppendOnlyFile {
    let path: String
    /// The lines found when it was opened.
    private(set) var lines: [String] = []
    private let descriptor: CInt
    private var count = 0
    private var isBroken = false

    /// Opens the file, or makes it with `header` as its first line.
    ///
    /// - Throws: `JournalError` `.unreadable`, `.inUse`, `.wrongKind`, `.damaged`, `.notWritten`.
    init(path: String, header: String) throws(JournalError) {
        self.path = path
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        // From here on the object is whole: where something fails, its deinit closes the file.
        guard descriptor >= 0 else { throw JournalError(.unreadable, path, errno: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw JournalError(errno == EWOULDBLOCK ? .inUse : .unreadable, path, errno: errno)
        }
        let bytes = try read()
        let whole = bytes.lastIndex(of: 0x0A).map { bytes[...$0] } ?? []
        guard let text = String(validating: whole, as: UTF8.self) else { throw JournalError(.damaged, path) }
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
        count = whole.count
        // A first line that was cut off is the beginning of the header, or this is some other file.
        let isNew = lines.isEmpty && Array((header + "\n").utf8).starts(with: bytes)
        guard isNew || lines.first == header else { throw JournalError(.wrongKind, path) }
        if bytes.count > count {
            guard ftruncate(descriptor, off_t(count)) == 0, fsync(descriptor) == 0 else {
                throw JournalError(.notWritten, path, errno: errno)
            }
        }
        if isNew {
            try append(header)
            try syncFolder()
        } else {
            lines.removeFirst()
        }
    }

    deinit { if descriptor >= 0 { _ = close(descriptor) } }

    /// Adds a line and waits until it is on stable storage. Where that fails, the file is as it was before.
    ///
    /// - Throws: `JournalError` `.notWritten`.
    func append(_ line: String) throws(JournalError) {
        guard !isBroken else { throw JournalError(.notWritten, path) }
        let bytes = Array((line + "\n").utf8)
        var written = 0
        while written < bytes.count {
            let result = unsafe bytes[written...].withUnsafeBytes { part in
                unsafe pwrite(descriptor, part.baseAddress, part.count, off_t(count + written))
            }
            if result < 0, errno == EINTR { continue }
            guard result > 0 else { throw giveUp() }
            written += result
        }
        guard fsync(descriptor) == 0 else { throw giveUp() }
        count += bytes.count
    }

    /// Cuts off what a failed write left. Where not even that is possible, nothing more is written.
    private func giveUp() -> JournalError {
        let number = errno
        isBroken = ftruncate(descriptor, off_t(count)) != 0
        return JournalError(.notWritten, path, errno: number)
    }

    /// A new file's name is on stable storage when its folder is.
    private func syncFolder() throws(JournalError) {
        let end = path.lastIndex(of: "/")
        let folder = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw JournalError(.unreadable, folder, errno: errno) }
        defer { _ = close(descriptor) }
        guard fsync(descriptor) == 0 else { throw JournalError(.notWritten, folder, errno: errno) }
    }

    private func read() throws(JournalError) -> [UInt8] {
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 65_536)
        while true {
            let result = unsafe pread(descriptor, &room, room.count, off_t(bytes.count))
            if result < 0, errno == EINTR { continue }
            guard result >= 0 else { throw JournalError(.unreadable, path, errno: errno) }
            if result == 0 { return bytes }
            bytes += room[..<result]
        }
    }
}
