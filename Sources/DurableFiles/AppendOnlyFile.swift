public import SystemPackage

/// A text file of whole lines that only grows: locked against other programs, and on stable storage line by line.
///
/// A last line without its end is what a power cut left of a line that nobody was told of: it is cut off when the file
/// is opened.
public final class AppendOnlyFile {
    public let path: FilePath
    /// The lines found when it was opened, without the header.
    public private(set) var lines: [String] = []
    private let file: Descriptor
    private var count = 0
    private var isBroken = false

    /// Opens the file, or makes it with `header` as its first line, readable by its owner alone.
    ///
    /// - Throws: `FileError` `.locked`; `.wrongHeader`, `.notText` where it is another file, which is left as it is;
    ///   `.notRegular`, `.isFolder`, `.missing` (the folder), `.notPermitted`, `.notOpened`, `.notRead`; `.diskFull`,
    ///   `.tooLarge`, `.notWritten`, `.notSynchronized`.
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
        // A first line that was cut off is the beginning of the header, or this is some other file.
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

    /// Adds a line and waits until it is on stable storage. Where that fails, the file is as it was before.
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

    /// Cuts off what a failed write left. Where not even that is possible, nothing more is written.
    private func takeBack() {
        do throws(FileError) {
            try file.truncate(to: count)
        } catch {
            isBroken = true
        }
    }
}
