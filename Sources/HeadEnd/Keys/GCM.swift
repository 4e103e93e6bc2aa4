internal import COpenSSL
internal import Records
internal import ValueProtocol

/// AES-256-GCM (SP 800-38D) with a nonce of 12 bytes and a tag of 16.
enum GCM {
    /// - Returns: the sealed text and the tag.
    static func seal(_ text: Secret, key: Secret, nonce: [UInt8], signed: [UInt8]) throws(HostError) -> [UInt8] {
        var sealed = [UInt8](repeating: 0, count: text.count)
        var tag = [UInt8](repeating: 0, count: 16)
        var written: CInt = 0
        let isGood = unsafe withContext { context in
            let isReady = unsafe key.withBytes { key in
                let key = unsafe key.bindMemory(to: UInt8.self).baseAddress
                return unsafe EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce) == 1
            }
            guard isReady, unsafe EVP_EncryptUpdate(context, nil, &written, signed, CInt(signed.count)) == 1 else {
                return false
            }
            let isSealed = unsafe text.withBytes { text in
                let source = unsafe text.bindMemory(to: UInt8.self).baseAddress
                return unsafe EVP_EncryptUpdate(context, &sealed, &written, source, CInt(text.count)) == 1
            }
            var end = [UInt8](repeating: 0, count: 16)
            guard isSealed, unsafe EVP_EncryptFinal_ex(context, &end, &written) == 1 else { return false }
            return unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, &tag) == 1
        }
        guard isGood else { throw HostError(.cipherFailed, "AES-256-GCM") }
        return sealed + tag
    }

    /// - Returns: the text; nil where the tag does not fit.
    static func open(_ sealed: ArraySlice<UInt8>, key: Secret, nonce: [UInt8], signed: [UInt8]) -> Secret? {
        let text = Array(sealed.dropLast(16))
        var tag = Array(sealed.suffix(16))
        var opened = [UInt8](repeating: 0, count: text.count)
        var written: CInt = 0
        let isGood = unsafe withContext { context in
            let isReady = unsafe key.withBytes { key in
                let key = unsafe key.bindMemory(to: UInt8.self).baseAddress
                return unsafe EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce) == 1
            }
            guard isReady, unsafe EVP_DecryptUpdate(context, nil, &written, signed, CInt(signed.count)) == 1,
                unsafe EVP_DecryptUpdate(context, &opened, &written, text, CInt(text.count)) == 1,
                unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, &tag) == 1
            else { return false }
            var end = [UInt8](repeating: 0, count: 16)
            return unsafe EVP_DecryptFinal_ex(context, &end, &written) == 1
        }
        // Wiped in either case: what did not authenticate is nobody's text.
        let whole = Secret(taking: &opened)
        return isGood ? whole : nil
    }

    private static func withContext(_ body: (OpaquePointer) -> Bool) -> Bool {
        guard let context = unsafe EVP_CIPHER_CTX_new() else { return false }
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        return unsafe body(context)
    }
}
