internal import COpenSSL

/// A source of fresh random numbers; injected, so that tests can replay sessions.
public protocol RandomSource: AnyObject {
    /// Sixteen fresh bytes.
    ///
    /// - Throws: `CryptoError` `.noRandomness`.
    func block() throws(CryptoError) -> AESBlock
}

/// libcrypto's random generator (NIST SP 800-90A).
///
/// Sixteen bytes cost it nearly as much as a kilobyte, so the random numbers of a handshake, which are not secret once
/// used, are drawn many at a time. Used by one party, from one thread at a time.
public final class SystemRandomness: RandomSource {
    private var drawn = InlineArray<512, UInt8>(repeating: 0)
    private var left = 0

    public init() {}

    public func block() throws(CryptoError) -> AESBlock {
        if left == 0 {
            guard unsafe RAND_bytes(&drawn, CInt(drawn.count)) == 1 else {
                throw CryptoError(.noRandomness, "random numbers")
            }
            left = drawn.count
        }
        left -= 16
        var storage = InlineArray<16, UInt8>(repeating: 0)
        for index in 0..<16 { swap(&storage[index], &drawn[left + index]) }
        return AESBlock(storage)
    }

    /// `count` fresh bytes: challenges, salts, nonces.
    ///
    /// - Throws: `CryptoError` `.noRandomness`.
    public static func bytes(_ count: Int) throws(CryptoError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard unsafe RAND_bytes(&bytes, CInt(count)) == 1 else { throw CryptoError(.noRandomness, "random bytes") }
        return bytes
    }

    /// A fresh key of `count` bytes, from the generator reserved for secrets.
    ///
    /// - Throws: `CryptoError` `.noRandomness`.
    public static func key(_ count: Int = 16) throws(CryptoError) -> Secret {
        var bytes = [UInt8](repeating: 0, count: count)
        guard unsafe RAND_priv_bytes(&bytes, CInt(count)) == 1 else { throw CryptoError(.noRandomness, "a key") }
        return Secret(taking: &bytes)
    }
}
