internal import COpenSSL

/// Where fresh random numbers come from; handed in, so that sessions can be replayed in tests.
public protocol RandomSource: AnyObject {
    /// Sixteen fresh bytes.
    func block() throws(CipherError) -> Block
}

/// libcrypto's random generator (SP 800-90A).
public final class SystemRandomness: RandomSource {
    public init() {}

    public func block() throws(CipherError) -> Block {
        var storage = InlineArray<16, UInt8>(repeating: 0)
        guard unsafe RAND_bytes(&storage, 16) == 1 else { throw CipherError(.noRandomness, "R1 or R2") }
        return Block(storage)
    }

    /// A fresh 16-byte key.
    public static func key() throws(CipherError) -> Secret {
        var bytes = [UInt8](repeating: 0, count: 16)
        guard unsafe RAND_priv_bytes(&bytes, 16) == 1 else { throw CipherError(.noRandomness, "a key") }
        return Secret(taking: &bytes)
    }
}
