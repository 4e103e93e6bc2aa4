/// Reads numbers and byte strings from the front of an input; zeros after its end.
struct InputReader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { index >= bytes.count }

    mutating func byte() -> UInt8 {
        guard index < bytes.count else { return 0 }
        index += 1
        return bytes[index - 1]
    }

    /// A number of two bytes, big-endian.
    mutating func word() -> Int { Int(byte()) << 8 | Int(byte()) }

    /// The next bytes, at most `count`.
    mutating func read(_ count: Int) -> [UInt8] {
        let end = min(bytes.count, index + count)
        defer { index = end }
        return Array(bytes[index..<end])
    }

    /// A byte string with its length in front, cut at the end of the input.
    mutating func piece() -> [UInt8] { read(Int(byte())) }

    mutating func rest() -> [UInt8] { read(bytes.count) }
}
