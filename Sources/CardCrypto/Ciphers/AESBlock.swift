internal import COpenSSL

/// A block of AES, sixteen bytes (FIPS 197): a counter block, a CMAC, a random number of a handshake.
public struct AESBlock: Sendable {
    @usableFromInline package var storage: InlineArray<16, UInt8>

    @inlinable package init(_ storage: InlineArray<16, UInt8>) { self.storage = storage }

    /// From exactly sixteen bytes; nil for any other count.
    // Inlinable: otherwise a protocol's two signatures per message cost 64 allocations in generic code.
    @inlinable public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        var storage = InlineArray<16, UInt8>(repeating: 0)
        for (index, byte) in bytes.enumerated() { storage[index] = byte }
        self.storage = storage
    }

    /// Sixteen bytes of zero.
    public static let zero = AESBlock(InlineArray(repeating: 0))

    /// The sixteen bytes.
    public var bytes: [UInt8] { (0..<16).map { storage[$0] } }
}

extension AESBlock: Equatable {
    /// Compares in constant time.
    public static func == (a: AESBlock, b: AESBlock) -> Bool {
        var (a, b) = (a.storage, b.storage)
        return unsafe CRYPTO_memcmp(&a, &b, 16) == 0
    }
}

extension Secret {
    /// A copy of `block`.
    package convenience init(_ block: AESBlock) {
        unsafe self.init(count: 16) { bytes in
            unsafe bytes.storeBytes(of: block.storage, as: InlineArray<16, UInt8>.self)
        }
    }
}
