internal import COpenSSL

/// Comparisons that take the same time wherever the bytes differ.
public enum ConstantTime {
    /// Whether both are the same bytes, in constant time for their length; a difference in length is not hidden.
    public static func areEqual(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> Bool {
        let (a, b) = (Array(a), Array(b))
        return unsafe a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
    }
}
