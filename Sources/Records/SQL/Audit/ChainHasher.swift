internal import CardCrypto
internal import Synchronization

/// The hash of chains: HMAC-SHA-256 with a key, SHA-256 without one. Used from one thread at a time.
// Unchecked: whoever takes it has it alone.
final class ChainHasher: @unchecked Sendable {
    private enum Context {
        case keyed(HMACSHA256Context)
        case unkeyed(SHA256Context)
    }

    private let context: Context

    init(key: Secret?) {
        context = key.map { .keyed(HMACSHA256Context(key: $0)) } ?? .unkeyed(SHA256Context())
    }

    func hash(_ message: Span<UInt8>) -> InlineArray<32, UInt8> {
        switch context {
        case .keyed(let context): context.sign(message)
        case .unkeyed(let context): context.hash(message)
        }
    }
}

/// A `ChainHasher` for any thread.
final class SharedHasher: Sendable {
    private let hasher: Mutex<ChainHasher>

    init(key: Secret?) { hasher = Mutex(ChainHasher(key: key)) }

    /// The first `count` bytes of the hash, at most 32.
    func hash(_ message: [UInt8], count: Int = 32) -> [UInt8] {
        let hash = hasher.withLock { $0.hash(message.span) }
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { bytes, written in
            for index in 0..<count { unsafe bytes[index] = hash[index] }
            written = count
        }
    }
}
