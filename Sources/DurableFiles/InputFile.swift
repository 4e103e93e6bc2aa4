public import SystemPackage

/// A file, pipe or device that is read from beginning to end, always with a limit.
public final class InputFile {
    private let file: Descriptor

    /// Opens what the path leads to. For a named pipe it waits for a writer.
    ///
    /// - Throws: `FileError` `.missing`, `.notPermitted`, `.notOpened`.
    public init(at path: FilePath) throws(FileError) { file = try Descriptor(path, .readOnly, []) }

    private init(_ file: Descriptor) { self.file = file }

    /// This process's standard input, which stays open.
    public static func standardInput() -> InputFile {
        InputFile(Descriptor(borrowing: .standardInput, name: "standard input"))
    }

    /// Reads to the end.
    ///
    /// - Throws: `FileError` `.tooLarge` where that is more than `limit` bytes; `.isFolder`, `.notRead`.
    public func readAll(atMost limit: Int) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: min(65_535, max(1, limit)) + 1)
        while true {
            let count = try file.read(into: &buffer)
            if count == 0 { return bytes }
            bytes += buffer.prefix(count)
            guard bytes.count <= limit else { throw FileError(.tooLarge, file.path) }
        }
    }

    /// Reads what is available into `buffer`, waiting for the first byte.
    ///
    /// - Returns: how many bytes; 0 at the end.
    /// - Throws: `FileError` `.isFolder`, `.notRead`.
    public func read(into buffer: inout [UInt8]) throws(FileError) -> Int { try file.read(into: &buffer) }
}
