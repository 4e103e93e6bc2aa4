internal import COpenSSL

/// AES in Galois/counter mode (NIST SP 800-38D): encrypts and authenticates, with a tag of 16 bytes.
public enum AESGCM {
    /// Bytes of the tag.
    public static let tagSize = 16
    /// Bytes of a nonce, which must never be used twice under one key.
    public static let nonceSize = 12

    /// Encrypts `text` and signs it together with `header`.
    ///
    /// - Parameters:
    ///   - text: to encrypt.
    ///   - key: 16, 24 or 32 bytes.
    ///   - nonce: ``nonceSize`` bytes.
    ///   - header: signed, not encrypted and not in the result ("additional authenticated data").
    /// - Returns: the encrypted text, and the tag behind it.
    /// - Throws: `CryptoError` `.unavailable`, or `.invalidLength` for a key or nonce of a wrong length.
    public static func seal(
        _ text: Secret, _ key: Secret, nonce: [UInt8], header: [UInt8] = []
    ) throws(CryptoError) -> [UInt8] {
        let context = try GCMContext(key, nonce, seals: true)
        var sealed = [UInt8](repeating: 0, count: text.count)
        var tag = [UInt8](repeating: 0, count: tagSize)
        let isSealed = unsafe text.withBytes { text in
            unsafe context.update(nil, header.span.bytes) && context.update(&sealed, text.bytes) && context.finish()
        }
        guard isSealed, unsafe EVP_CIPHER_CTX_ctrl(context.pointer, EVP_CTRL_AEAD_GET_TAG, CInt(tagSize), &tag) == 1
        else { throw CryptoError(.unavailable, context.name) }
        return sealed + tag
    }

    /// Decrypts the result of ``seal(_:_:nonce:header:)``.
    ///
    /// - Parameters:
    ///   - sealed: the encrypted text with the tag behind it.
    ///   - key: 16, 24 or 32 bytes.
    ///   - nonce: ``nonceSize`` bytes.
    ///   - header: what was signed with the text.
    /// - Throws: `CryptoError` `.notAuthentic` where the tag is wrong or missing; `.unavailable`, `.invalidLength`.
    public static func open(
        _ sealed: some Collection<UInt8>, _ key: Secret, nonce: [UInt8], header: [UInt8] = []
    ) throws(CryptoError) -> Secret {
        let context = try GCMContext(key, nonce, seals: false)
        guard sealed.count >= tagSize else { throw CryptoError(.notAuthentic, context.name) }
        let text = Array(sealed.dropLast(tagSize))
        var tag = Array(sealed.suffix(tagSize))
        var opened = [UInt8](repeating: 0, count: text.count)
        let isAuthentic =
            unsafe context.update(nil, header.span.bytes) && context.update(&opened, text.span.bytes)
            && EVP_CIPHER_CTX_ctrl(context.pointer, EVP_CTRL_AEAD_SET_TAG, CInt(tagSize), &tag) == 1
            && context.finish()
        // Wiped in either case: without authentication the text could come from anybody.
        let whole = Secret(taking: &opened)
        guard isAuthentic else { throw CryptoError(.notAuthentic, context.name) }
        return whole
    }
}

/// libcrypto's context of one message.
@safe private struct GCMContext: ~Copyable {
    let pointer: OpaquePointer
    let name: String

    init(_ key: Secret, _ nonce: [UInt8], seals: Bool) throws(CryptoError) {
        name = "AES-\(key.count * 8)-GCM"
        guard BlockCipher.aes.accepts(keyCount: key.count), nonce.count == AESGCM.nonceSize else {
            throw CryptoError(.invalidLength, "AES-GCM")
        }
        guard let cipher = unsafe EVP_CIPHER_fetch(nil, name, nil), let pointer = unsafe EVP_CIPHER_CTX_new() else {
            throw CryptoError(.unavailable, name)
        }
        defer { unsafe EVP_CIPHER_free(cipher) }
        let isReady = unsafe key.withBytes { key in
            unsafe EVP_CipherInit_ex2(pointer, cipher, key.octets, nonce, seals ? 1 : 0, nil) == 1
        }
        guard isReady else {
            unsafe EVP_CIPHER_CTX_free(pointer)
            throw CryptoError(.unavailable, name)
        }
        unsafe self.pointer = pointer
    }

    deinit { unsafe EVP_CIPHER_CTX_free(pointer) }

    /// Feeds text; signs it alone where `output` is nil.
    func update(_ output: UnsafeMutablePointer<UInt8>?, _ input: RawSpan) -> Bool {
        guard !input.isEmpty else { return true }
        var written: CInt = 0
        return unsafe input.withUnsafeBytes { input in
            unsafe EVP_CipherUpdate(pointer, output, &written, input.octets, CInt(input.count)) == 1
        }
    }

    /// Ends the message; true unless a tag is checked and wrong.
    func finish() -> Bool {
        var end = [UInt8](repeating: 0, count: 16)
        var written: CInt = 0
        return unsafe EVP_CipherFinal_ex(pointer, &end, &written) == 1
    }
}
