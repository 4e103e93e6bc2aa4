internal import COpenSSL

/// The block ciphers of cards in CBC mode (NIST SP 800-38A, 6.2): AES (FIPS 197), triple DES (SP 800-67) and DES.
public enum BlockCipher: Sendable, Hashable {
    /// AES with a key of 16, 24 or 32 bytes.
    case aes
    /// Triple DES with a key of 16 bytes (the first 8 used twice) or 24.
    case tripleDES
    /// DES with a key of 8 bytes, for the first steps of a retail MAC only.
    case des

    /// Bytes per block.
    public var blockSize: Int { self == .aes ? 16 : 8 }

    /// Whether a key may have `keyCount` bytes.
    public func accepts(keyCount: Int) -> Bool {
        switch self {
        case .aes: [16, 24, 32].contains(keyCount)
        case .tripleDES: keyCount == 16 || keyCount == 24
        case .des: keyCount == 8
        }
    }

    /// Encrypts whole blocks in CBC mode.
    ///
    /// - Parameters:
    ///   - blocks: whole blocks of ``blockSize`` bytes.
    ///   - key: of a length that ``accepts(keyCount:)`` accepts.
    ///   - iv: a block; zeros where nil.
    /// - Throws: `CryptoError` `.unavailable`, or `.invalidLength` for a key, blocks or a vector of a wrong length.
    public func encrypt(_ blocks: [UInt8], _ key: Secret, iv: [UInt8]? = nil) throws(CryptoError) -> [UInt8] {
        try run(blocks, key, iv: iv, encrypts: true)
    }

    /// Decrypts whole blocks in CBC mode.
    ///
    /// - Parameters:
    ///   - blocks: whole blocks of ``blockSize`` bytes.
    ///   - key: of a length that ``accepts(keyCount:)`` accepts.
    ///   - iv: a block; zeros where nil.
    /// - Throws: `CryptoError` `.unavailable`, or `.invalidLength` for a key, blocks or a vector of a wrong length.
    public func decrypt(_ blocks: [UInt8], _ key: Secret, iv: [UInt8]? = nil) throws(CryptoError) -> [UInt8] {
        try run(blocks, key, iv: iv, encrypts: false)
    }

    private func name(keyCount: Int) -> String {
        switch self {
        case .aes: "AES-\(keyCount * 8)-CBC"
        // Single DES is only in the legacy provider: three times the same key is the same cipher.
        case .tripleDES, .des: "DES-EDE3-CBC"
        }
    }

    private func run(_ blocks: [UInt8], _ key: Secret, iv: [UInt8]?, encrypts: Bool) throws(CryptoError) -> [UInt8] {
        let iv = iv ?? [UInt8](repeating: 0, count: blockSize)
        guard accepts(keyCount: key.count), blocks.count % blockSize == 0, iv.count == blockSize else {
            throw CryptoError(.invalidLength, "a cipher's key, block or initial vector")
        }
        guard !blocks.isEmpty else { return [] }
        let name = name(keyCount: key.count)
        guard let cipher = unsafe EVP_CIPHER_fetch(nil, name, nil) else { throw CryptoError(.unavailable, name) }
        defer { unsafe EVP_CIPHER_free(cipher) }
        guard let context = unsafe EVP_CIPHER_CTX_new() else { throw CryptoError(.unavailable, name) }
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        let whole = expandedKey(key)
        var result = [UInt8](repeating: 0, count: blocks.count + blockSize)
        var written: CInt = 0
        let done = unsafe whole.withBytes { bytes in
            unsafe EVP_CipherInit_ex2(context, cipher, bytes.octets, iv, encrypts ? 1 : 0, nil) == 1
                && EVP_CIPHER_CTX_set_padding(context, 0) == 1
                && EVP_CipherUpdate(context, &result, &written, blocks, CInt(blocks.count)) == 1
        }
        guard done, Int(written) == blocks.count else { throw CryptoError(.unavailable, name) }
        result.removeLast(result.count - blocks.count)
        return result
    }

    /// In libcrypto's form: three DES keys.
    private func expandedKey(_ key: Secret) -> Secret {
        guard self != .aes, key.count < 24 else { return key }
        return unsafe Secret(count: 24) { whole in
            unsafe key.withBytes { bytes in
                for index in 0..<24 { unsafe whole[index] = bytes[index % key.count] }
            }
        }
    }
}
