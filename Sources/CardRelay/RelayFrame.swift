/// One encoded message of the relay: a length of 4 bytes, big-endian, which counts the kind and the payload; the kind,
/// 1 byte; the payload.
struct RelayFrame: Sendable, Hashable {
    /// Maximum number of bytes after the length: the longest command or answer, and a margin.
    static let maxCount = 70_000
    /// The version of these frames, which both sides send first.
    static let version: UInt8 = 3

    var kind: UInt8
    var payload: [UInt8]

    /// The encoded frame.
    var bytes: [UInt8] {
        let count = UInt32(payload.count + 1)
        return [UInt8(count >> 24), UInt8(count >> 16 & 0xFF), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF), kind]
            + payload
    }
}

/// Splits received bytes into frames.
struct RelayFrameReader: Sendable {
    /// The peer violated the frame format.
    struct Malformed: Error {}

    private var bytes: [UInt8] = []

    /// Feeds received bytes.
    mutating func append(_ arrived: some Sequence<UInt8>) { bytes += arrived }

    /// The next complete frame; nil until there is one.
    ///
    /// - Throws: `Malformed` for a length of 0 or above the maximum, as soon as the length was received.
    mutating func next() throws(Malformed) -> RelayFrame? {
        guard bytes.count >= 4 else { return nil }
        let count = bytes[..<4].reduce(0) { $0 << 8 | Int($1) }
        guard (1...RelayFrame.maxCount).contains(count) else { throw Malformed() }
        guard bytes.count >= 4 + count else { return nil }
        let frame = RelayFrame(kind: bytes[4], payload: Array(bytes[5..<(4 + count)]))
        bytes.removeFirst(4 + count)
        return frame
    }
}
