internal import COpenSSL

/// CMAC over AES (NIST SP 800-38B; algorithm 5 of ISO/IEC 9797-1): a signature of 16 bytes.
public enum AESCMAC {
    /// Signs `message`.
    ///
    /// - Parameters:
    ///   - message: of any length.
    ///   - key: 16, 24 or 32 bytes.
    /// - Returns: 16 bytes; protocols that send fewer send the first ones.
    /// - Throws: `CryptoError` `.unavailable`, or `.invalidLength` for a wrong key.
    public static func sign(_ message: [UInt8], _ key: Secret) throws(CryptoError) -> [UInt8] {
        guard BlockCipher.aes.accepts(keyCount: key.count) else { throw CryptoError(.invalidLength, "CMAC") }
        guard let context = unsafe vs_cmac_context(CInt(key.count)) else { throw CryptoError(.unavailable, "CMAC") }
        defer { unsafe EVP_MAC_CTX_free(context) }
        var result = [UInt8](repeating: 0, count: 16)
        var written = 0
        let done = unsafe key.withBytes { bytes in
            unsafe EVP_MAC_init(context, bytes.octets, bytes.count, nil) == 1
                && EVP_MAC_update(context, message, message.count) == 1
                && EVP_MAC_final(context, &result, &written, 16) == 1
        }
        guard done, written == 16 else { throw CryptoError(.unavailable, "CMAC") }
        return result
    }
}
