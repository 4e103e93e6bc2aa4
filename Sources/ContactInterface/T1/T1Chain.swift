/// Information sent in a chain of I-blocks (ISO/IEC 7816-3, 11.6.2.3).
struct T1Chain: Sendable {
    private(set) var bytes: [UInt8]
    /// The range of the outstanding block's INF; nil before the first.
    private(set) var current: Range<Int>?

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether more follows the outstanding block.
    var hasMore: Bool { (current?.upperBound ?? 0) < bytes.count }

    /// The next block's INF, of at most `size` bytes.
    mutating func next(_ size: Int) -> ArraySlice<UInt8> {
        let start = current?.upperBound ?? 0
        let range = start..<min(start + size, bytes.count)
        current = range
        return bytes[range]
    }

    /// INF of the outstanding block.
    var repeated: ArraySlice<UInt8> { bytes[current ?? 0..<0] }

    /// Restarts from the beginning.
    mutating func restart() { current = nil }
}
