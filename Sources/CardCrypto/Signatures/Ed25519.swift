internal import COpenSSL

/// Ed25519 (RFC 8032): signatures that anybody can verify who has the public key.
public enum Ed25519 {
    /// Bytes of a private key, the seed of RFC 8032, 5.1.5.
    public static let keySize = 32
    /// Bytes of a public key.
    public static let publicKeySize = 32
    /// Bytes of a signature.
    public static let signatureSize = 64

    /// The public key of a private key, 32 bytes.
    ///
    /// - Throws: `CryptoError` `.invalidLength`, `.unavailable`.
    public static func publicKey(of key: Secret) throws(CryptoError) -> [UInt8] {
        let pair = try KeyHandle(key)
        var result = [UInt8](repeating: 0, count: publicKeySize)
        var count = result.count
        guard unsafe EVP_PKEY_get_raw_public_key(pair.handle, &result, &count) == 1, count == publicKeySize else {
            throw CryptoError(.unavailable, "Ed25519")
        }
        return result
    }

    /// Signs `message`, 64 bytes.
    ///
    /// - Parameters:
    ///   - message: of any length.
    ///   - key: 32 bytes.
    /// - Throws: `CryptoError` `.invalidLength`, `.unavailable`.
    public static func sign(_ message: [UInt8], _ key: Secret) throws(CryptoError) -> [UInt8] {
        let pair = try KeyHandle(key)
        guard let context = unsafe EVP_MD_CTX_new() else { throw CryptoError(.unavailable, "Ed25519") }
        defer { unsafe EVP_MD_CTX_free(context) }
        var result = [UInt8](repeating: 0, count: signatureSize)
        var count = result.count
        guard unsafe EVP_DigestSignInit(context, nil, nil, nil, pair.handle) == 1,
            unsafe EVP_DigestSign(context, &result, &count, message, message.count) == 1, count == signatureSize
        else { throw CryptoError(.unavailable, "Ed25519") }
        return result
    }

    /// Whether `signature` is that of `message` under the private key of `publicKey`; false also where one of them has
    /// another length.
    ///
    /// - Throws: `CryptoError` `.unavailable`.
    public static func verify(
        _ signature: [UInt8], of message: [UInt8], _ publicKey: [UInt8]
    ) throws(CryptoError) -> Bool {
        guard signature.count == signatureSize, publicKey.count == publicKeySize else { return false }
        let key = try KeyHandle(publicKey: publicKey)
        guard let context = unsafe EVP_MD_CTX_new() else { throw CryptoError(.unavailable, "Ed25519") }
        defer { unsafe EVP_MD_CTX_free(context) }
        guard unsafe EVP_DigestVerifyInit(context, nil, nil, nil, key.handle) == 1 else {
            throw CryptoError(.unavailable, "Ed25519")
        }
        let isValid = unsafe EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
        // A refusal is an answer, and must not be found later by another call.
        if !isValid { ERR_clear_error() }
        return isValid
    }
}

/// A key of libcrypto's, freed with it.
@safe private final class KeyHandle {
    let handle: OpaquePointer

    init(_ key: Secret) throws(CryptoError) {
        guard key.count == Ed25519.keySize else { throw CryptoError(.invalidLength, "Ed25519") }
        let made = unsafe key.withBytes { bytes in
            unsafe EVP_PKEY_new_raw_private_key_ex(nil, "ED25519", nil, bytes.octets, bytes.count)
        }
        guard let made = unsafe made else { throw CryptoError(.unavailable, "Ed25519") }
        unsafe handle = made
    }

    init(publicKey: [UInt8]) throws(CryptoError) {
        let made = unsafe EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, publicKey, publicKey.count)
        guard let made = unsafe made else { throw CryptoError(.unavailable, "Ed25519") }
        unsafe handle = made
    }

    deinit { unsafe EVP_PKEY_free(handle) }
}
