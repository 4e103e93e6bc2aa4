public import SystemPackage

/// A text file of whole lines that only grows: locked against other programs, each line on stable storage once written.
///
/// An unterminated last line is the rest of a write cut off by a power failure, which was never reported as done: it is
/// removed when the file is opened.
public final class AppendOnlyFile {
    public let path: FilePath
    /// The lines found when it was opened, without the header.
    public private(set) var lines: [String] = []
    private let file: Descriptor
    private var count = 0
    private var isBroken = false

    /// Opens the file, or creates it with `header` as its first line, readable by its owner alone.
    ///
    /// - Throws: `FileError` `.locked`; `.wrongHeader`, `.notText` where it is some other file, which is left
    ///   unchanged; `.notRegular`, `.isFolder`, `.missing` (the folder), `.notPermitted`, `.notOpened`, `.notRead`;
    ///   `.diskFull`, `.tooLarge`, `.notWritten`, `.notSynchronized`.
    public init(at path: FilePath, header: String) throws(FileError) {
        self.path = path
        file = try Descriptor(path, .readWrite, .create, permissions: .ownerReadWrite)
        try file.requireRegular()
        try file.lock()
        let bytes = try file.readAll()
        let whole = bytes.lastIndex(of: 0x0A).map { bytes[...$0] } ?? []
        guard let text = String(validating: whole, as: UTF8.self) else { throw FileError(.notText, path) }
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
        count = whole.count
        // A truncated first line is a prefix of the header; anything else is some other file.
        let isNew = lines.isEmpty && Array((header + "\n").utf8).starts(with: bytes)
        guard isNew || lines.first == header else { throw FileError(.wrongHeader, path) }
        if bytes.count > count { try file.truncate(to: count) }
        if isNew {
            try append(header)
            try Folder.synchronize(path.folder)
        } else {
            lines.removeFirst()
        }
    }

    /// Appends a line and waits until it is on stable storage. If that fails, the file is unchanged.
    ///
    /// - Parameter line: without a line end.
    /// - Throws: `FileError` `.diskFull`, `.tooLarge`, `.notWritten`.
    public func append(_ line: String) throws(FileError) {
        guard !isBroken else { throw FileError(.notWritten, path) }
        let bytes = Array((line + "\n").utf8)
        do throws(FileError) {
            try file.write(bytes, at: count)
            try file.synchronize()
        } catch {
            takeBack()
            throw error
        }
        count += bytes.count
    }

    /// Cuts off the rest of a failed write. If not even that is possible, nothing more is written.
    private func takeBack() {
        do throws(FileError) {
            try file.truncate(to: count)
        } catch {
            isBroken = true
        }
    }
}
