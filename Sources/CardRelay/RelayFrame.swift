/// One message between the two ends of a relay, as it travels: a length of 4 bytes, big-endian, which counts the kind
/// and the payload; the kind, 1 byte; the payload.
struct RelayFrame: Sendable, Hashable {
    /// The most bytes after the length: what the longest command or answer takes, and some.
    static let greatestCount = 70_000
    /// The version of these frames, which both ends say first.
    static let version: UInt8 = 3

    var kind: UInt8
    var payload: [UInt8]

    /// As it travels.
    var bytes: [UInt8] {
        let count = UInt32(payload.count + 1)
        return [UInt8(count >> 24), UInt8(count >> 16 & 0xFF), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF), kind]
            + payload
    }
}

/// Cuts what arrives into frames.
struct RelayFrameReader: Sendable {
    /// The other end does not keep to the frames.
    struct Malformed: Error {}

    private var bytes: [UInt8] = []

    /// Takes what arrived.
    mutating func append(_ arrived: some Sequence<UInt8>) { bytes += arrived }

    /// The next whole frame; nil until there is one.
    ///
    /// - Throws: `Malformed` for a length of 0 or beyond what a frame may have, as soon as the length is there.
    mutating func next() throws(Malformed) -> RelayFrame? {
        guard bytes.count >= 4 else { return nil }
        let count = bytes[..<4].reduce(0) { $0 << 8 | Int($1) }
        guard (1...RelayFrame.greatestCount).contains(count) else { throw Malformed() }
        guard bytes.count >= 4 + count else { return nil }
        let frame = RelayFrame(kind: bytes[4], payload: Array(bytes[5..<(4 + count)]))
        bytes.removeFirst(4 + count)
        return frame
    }
}
