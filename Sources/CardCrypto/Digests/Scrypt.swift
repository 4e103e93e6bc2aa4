internal import COpenSSL

/// scrypt (RFC 7914): a key from a passphrase, slow and memory-hard, so that guessing is slow too.
public enum Scrypt {
    /// Derives a key.
    ///
    /// - Parameters:
    ///   - passphrase: of any length.
    ///   - salt: a different one for each key.
    ///   - cost: what one derivation costs.
    ///   - count: bytes of the key.
    /// - Throws: `CryptoError` `.unavailable`, also where the memory that `cost` needs is not available.
    public static func deriveKey(
        _ passphrase: Secret, salt: [UInt8], cost: ScryptCost, count: Int = 32
    ) throws(CryptoError) -> Secret {
        var key = [UInt8](repeating: 0, count: count)
        let result = unsafe passphrase.withBytes { bytes in
            let text = unsafe bytes.bindMemory(to: CChar.self).baseAddress
            return unsafe EVP_PBE_scrypt(
                text, bytes.count, salt, salt.count, cost.n, UInt64(cost.r), UInt64(cost.p), cost.memoryLimit, &key,
                count)
        }
        guard result == 1 else { throw CryptoError(.unavailable, "scrypt") }
        return Secret(taking: &key)
    }
}
