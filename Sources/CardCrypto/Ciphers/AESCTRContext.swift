internal import COpenSSL

/// AES-128 in counter mode (NIST SP 800-38A, 6.5), with libcrypto's context fetched once: fetching costs more than the
/// cipher.
///
/// Used by one party, from one thread at a time. Once fetched, its calls fail only where memory is exhausted, and then
/// stop the program as any failed allocation would.
@safe package final class AESCTRContext {
    private let context: OpaquePointer

    /// - Throws: `CryptoError` `.unavailable` where libcrypto has no AES-128.
    package init() throws(CryptoError) {
        guard let cipher = unsafe EVP_CIPHER_fetch(nil, "AES-128-CTR", nil), let context = unsafe EVP_CIPHER_CTX_new()
        else { throw CryptoError(.unavailable, "AES-128") }
        defer { unsafe EVP_CIPHER_free(cipher) }
        guard unsafe EVP_EncryptInit_ex2(context, cipher, nil, nil, nil) == 1 else {
            unsafe EVP_CIPHER_CTX_free(context)
            throw CryptoError(.unavailable, "AES-128")
        }
        unsafe self.context = context
    }

    deinit { unsafe EVP_CIPHER_CTX_free(context) }

    /// Encrypts or decrypts `text`.
    ///
    /// - Parameters:
    ///   - text: of any length.
    ///   - key: holds the sixteen bytes of the key.
    ///   - offset: where in `key` they begin.
    ///   - icb: the initial counter block; it counts up by one per block of `text`, modulo 2¹²⁸.
    ///   - reserve: how many bytes can be appended to the result without moving it.
    package func crypt(
        _ text: ArraySlice<UInt8>, _ key: Secret, at offset: Int = 0, icb: AESBlock, reserve: Int = 0
    ) -> [UInt8] {
        precondition(key.count - offset >= 16, "AES-128 has a key of 16 bytes")
        guard !text.isEmpty else { return [] }
        unsafe key.withBytes { key in
            let keyBytes = unsafe UnsafeRawBufferPointer(rebasing: key[offset..<(offset + 16)])
            unsafe icb.storage.span.withUnsafeBufferPointer { icb in
                requireMemory(unsafe EVP_EncryptInit_ex2(context, nil, keyBytes.octets, icb.baseAddress, nil))
            }
        }
        var result: [UInt8] = []
        result.reserveCapacity(text.count + reserve)
        result.append(addingCapacity: text.count) { output in
            unsafe output.withUnsafeMutableBufferPointer { output, count in
                var written: CInt = 0
                unsafe text.withUnsafeBufferPointer { text in
                    requireMemory(
                        unsafe EVP_EncryptUpdate(
                            context, output.baseAddress, &written, text.baseAddress, CInt(text.count)))
                }
                count = Int(written)
            }
        }
        return result
    }
}
