internal import COpenSSL

/// HMAC over SHA-256 (RFC 2104, FIPS 198-1): a signature of 32 bytes.
public enum HMACSHA256 {
    /// Signs `message` with a key of any length.
    ///
    /// libcrypto always has HMAC and SHA-256; where memory is exhausted, it stops the program as any failed allocation
    /// would.
    public static func sign(_ message: [UInt8], _ key: Secret) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: SHA256Digest.size)
        var count = 0
        let isSigned = unsafe key.withBytes { key in
            unsafe EVP_Q_mac(
                nil, "HMAC", nil, "SHA256", nil, key.octets, key.count, message, message.count, &result, 32, &count)
                != nil
        }
        requireMemory(isSigned && count == SHA256Digest.size ? 1 : 0)
        return result
    }
}
