internal import COpenSSL
public import ISO7816

/// The block ciphers of cards, as libcrypto has them.
public enum CardCipher: Sendable, Hashable {
    /// AES with a key of 16, 24 or 32 bytes.
    case aes
    /// Triple DES with a key of 16 bytes (the first 8 used twice) or 24.
    case tripleDES
    /// DES with a key of 8 bytes, for the first steps of a retail MAC only.
    case des

    /// Bytes of a block.
    public var blockCount: Int { self == .aes ? 16 : 8 }

    /// How long a key may be.
    public func takes(keyCount: Int) -> Bool {
        switch self {
        case .aes: [16, 24, 32].contains(keyCount)
        case .tripleDES: keyCount == 16 || keyCount == 24
        case .des: keyCount == 8
        }
    }

    /// Encrypts whole blocks in CBC mode.
    ///
    /// - Parameters:
    ///   - blocks: whole blocks of ``blockCount`` bytes.
    ///   - key: of a length that ``takes(keyCount:)`` has.
    ///   - iv: a block; zeros where nil.
    /// - Throws: `GlobalPlatformError` with code `.noCryptography`, or `.outOfRange` for a wrong length.
    public func encrypt(
        _ blocks: [UInt8], _ key: SecretBytes, iv: [UInt8]? = nil
    ) throws(GlobalPlatformError) -> [UInt8] {
        try run(blocks, key, iv: iv, encrypts: true)
    }

    /// Decrypts whole blocks in CBC mode.
    ///
    /// - Parameters:
    ///   - blocks: whole blocks of ``blockCount`` bytes.
    ///   - key: of a length that ``takes(keyCount:)`` has.
    ///   - iv: a block; zeros where nil.
    /// - Throws: `GlobalPlatformError` with code `.noCryptography`, or `.outOfRange` for a wrong length.
    public func decrypt(
        _ blocks: [UInt8], _ key: SecretBytes, iv: [UInt8]? = nil
    ) throws(GlobalPlatformError) -> [UInt8] {
        try run(blocks, key, iv: iv, encrypts: false)
    }

    private func name(keyCount: Int) -> String {
        switch self {
        case .aes: "AES-\(keyCount * 8)-CBC"
        // Single DES is in the legacy provider alone: three times the same key is the same cipher.
        case .tripleDES, .des: "DES-EDE3-CBC"
        }
    }

    private func run(
        _ blocks: [UInt8], _ key: SecretBytes, iv: [UInt8]?, encrypts: Bool
    ) throws(GlobalPlatformError) -> [UInt8] {
        let iv = iv ?? [UInt8](repeating: 0, count: blockCount)
        guard takes(keyCount: key.count), blocks.count % blockCount == 0, iv.count == blockCount else {
            throw GlobalPlatformError(.outOfRange, "a cipher's key, block or initial vector")
        }
        guard !blocks.isEmpty else { return [] }
        let name = name(keyCount: key.count)
        guard let cipher = unsafe EVP_CIPHER_fetch(nil, name, nil) else {
            throw GlobalPlatformError(.noCryptography, name)
        }
        defer { unsafe EVP_CIPHER_free(cipher) }
        guard let context = unsafe EVP_CIPHER_CTX_new() else { throw GlobalPlatformError(.noCryptography, name) }
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        let whole = wholeKey(key)
        var result = [UInt8](repeating: 0, count: blocks.count + blockCount)
        var written: CInt = 0
        let done = unsafe whole.withBytes { bytes in
            let start = unsafe bytes.bindMemory(to: UInt8.self).baseAddress
            return unsafe EVP_CipherInit_ex2(context, cipher, start, iv, encrypts ? 1 : 0, nil) == 1
                && EVP_CIPHER_CTX_set_padding(context, 0) == 1
                && EVP_CipherUpdate(context, &result, &written, blocks, CInt(blocks.count)) == 1
        }
        guard done, Int(written) == blocks.count else { throw GlobalPlatformError(.noCryptography, name) }
        result.removeLast(result.count - blocks.count)
        return result
    }

    /// As libcrypto wants it: three keys of DES.
    private func wholeKey(_ key: SecretBytes) -> SecretBytes {
        guard self != .aes, key.count < 24 else { return key }
        return unsafe key.withBytes { bytes in
            var whole: [UInt8] = []
            whole.reserveCapacity(24)
            for index in 0..<24 { unsafe whole.append(bytes[index % key.count]) }
            return SecretBytes(taking: &whole)
        }
    }
}
