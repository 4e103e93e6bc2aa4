internal import COpenSSL

/// SHA-256 (FIPS 180-4).
public enum SHA256Digest {
    /// Bytes of a hash.
    public static let size = 32

    /// The hash of `message`, 32 bytes.
    ///
    /// libcrypto always has SHA-256; where memory is exhausted, it stops the program as any failed allocation would.
    public static func hash(_ message: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: size)
        var count = 0
        requireMemory(unsafe EVP_Q_digest(nil, "SHA256", nil, message, message.count, &result, &count))
        return result
    }
}
