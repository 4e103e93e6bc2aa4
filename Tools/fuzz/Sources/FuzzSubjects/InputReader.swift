/// Takes an input apart: numbers and pieces, from the front; behind the end there are zeros.
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

    /// As many bytes as there are, at most `count`.
    mutating func take(_ count: Int) -> [UInt8] {
        let end = min(bytes.count, index + count)
        defer { index = end }
        return Array(bytes[index..<end])
    }

    /// As many bytes as a first byte says, or as there are.
    mutating func piece() -> [UInt8] { take(Int(byte())) }

    mutating func rest() -> [UInt8] { take(bytes.count) }
}
