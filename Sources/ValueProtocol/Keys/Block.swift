internal import COpenSSL

/// Sixteen bytes: a random number or a signature of the handshake, a cipher's block.
public struct Block: Sendable {
    package var storage: InlineArray<16, UInt8>

    package init(_ storage: InlineArray<16, UInt8>) { self.storage = storage }

    /// Takes exactly sixteen bytes; nil for any other count.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        var storage = InlineArray<16, UInt8>(repeating: 0)
        for (index, byte) in bytes.enumerated() { storage[index] = byte }
        self.storage = storage
    }

    public static let zero = Block(InlineArray(repeating: 0))

    /// The sixteen bytes.
    public var bytes: [UInt8] { (0..<16).map { storage[$0] } }
}

extension Block: Equatable {
    /// Compares in constant time.
    public static func == (a: Block, b: Block) -> Bool {
        var (a, b) = (a.storage, b.storage)
        return unsafe CRYPTO_memcmp(&a, &b, 16) == 0
    }
}

extension [UInt8] {
    package mutating func append(_ block: Block) {
        unsafe block.storage.span.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }

    package mutating func append(_ id: PartyID) { append(bigEndian: id.rawValue) }
}

extension ByteReader {
    @_lifetime(self: copy self)
    package mutating func readBlock() -> Block {
        var storage = InlineArray<16, UInt8>(repeating: 0)
        for index in 0..<16 { storage[index] = readByte() }
        return Block(storage)
    }

    @_lifetime(self: copy self)
    package mutating func readParty() -> PartyID { PartyID(rawValue: read()) }
}
