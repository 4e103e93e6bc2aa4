internal import COpenSSL

/// Where fresh random numbers come from; handed in, so that sessions can be replayed in tests.
public protocol RandomSource: AnyObject {
    /// Sixteen fresh bytes.
    func block() throws(CipherError) -> Block
}

/// libcrypto's random generator (SP 800-90A).
///
/// Sixteen bytes cost it nearly as much as a kilobyte, so R1 and R2, which are no secrets once they are used, are drawn
/// many at a time. One party uses it, from one thread at a time.
public final class SystemRandomness: RandomSource {
    private var drawn = InlineArray<512, UInt8>(repeating: 0)
    private var left = 0

    public init() {}

    public func block() throws(CipherError) -> Block {
        if left == 0 {
            guard unsafe RAND_bytes(&drawn, CInt(drawn.count)) == 1 else {
                throw CipherError(.noRandomness, "R1 or R2")
            }
            left = drawn.count
        }
        left -= 16
        var storage = InlineArray<16, UInt8>(repeating: 0)
        for index in 0..<16 { swap(&storage[index], &drawn[left + index]) }
        return Block(storage)
    }

    /// A fresh 16-byte key.
    public static func key() throws(CipherError) -> Secret {
        var bytes = [UInt8](repeating: 0, count: 16)
        guard unsafe RAND_priv_bytes(&bytes, 16) == 1 else { throw CipherError(.noRandomness, "a key") }
        return Secret(taking: &bytes)
    }
}
