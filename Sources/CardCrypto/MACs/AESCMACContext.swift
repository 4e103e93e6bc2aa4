internal import COpenSSL

/// CMAC over AES-128 (NIST SP 800-38B) under a key that stays set up between messages: setting it up costs three times
/// as much as a signature.
///
/// Used by one party, from one thread at a time. It holds its last key until the next is set or it is released. Once
/// created, its calls fail only where memory is exhausted, and then stop the program as any failed allocation would.
@safe package final class AESCMACContext {
    private let context: OpaquePointer
    /// Retained, so that no other secret can be allocated at the same address and mistaken for it.
    private var key: Secret?
    private var offset = 0
    private var isFresh = false

    /// - Throws: `CryptoError` `.unavailable` where libcrypto has no CMAC.
    package init() throws(CryptoError) {
        guard let context = unsafe vs_cmac_context(16) else { throw CryptoError(.unavailable, "CMAC") }
        unsafe self.context = context
    }

    deinit { unsafe EVP_MAC_CTX_free(context) }

    /// Sets up the sixteen bytes of `key` that begin at `offset`, unless they are set up already.
    package func setKey(_ key: Secret, at offset: Int = 0) {
        guard self.key !== key || self.offset != offset else { return }
        precondition(key.count - offset >= 16, "AES-128 has a key of 16 bytes")
        unsafe key.withBytes { bytes in
            let sixteen = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + 16)])
            requireMemory(unsafe EVP_MAC_init(context, sixteen.octets, 16, nil))
        }
        self.key = key
        self.offset = offset
        isFresh = true
    }

    /// Signs `message`, under the key set up last.
    package func sign(_ message: Span<UInt8>) -> AESBlock {
        begin(with: message)
        return finish()
    }

    /// Signs `message` followed by `text`, under the key set up last.
    package func sign(_ message: Span<UInt8>, _ text: ArraySlice<UInt8>) -> AESBlock {
        begin(with: message)
        if !text.isEmpty {
            unsafe text.withUnsafeBufferPointer { bytes in
                requireMemory(unsafe EVP_MAC_update(context, bytes.baseAddress, bytes.count))
            }
        }
        return finish()
    }

    private func begin(with message: Span<UInt8>) {
        precondition(key != nil, "a key is set before a message is signed")
        if !isFresh { requireMemory(unsafe EVP_MAC_init(context, nil, 0, nil)) }
        isFresh = false
        unsafe message.withUnsafeBufferPointer { bytes in
            requireMemory(unsafe EVP_MAC_update(context, bytes.baseAddress, bytes.count))
        }
    }

    private func finish() -> AESBlock {
        var tag = InlineArray<16, UInt8>(repeating: 0)
        requireMemory(unsafe EVP_MAC_final(context, &tag, nil, 16))
        return AESBlock(tag)
    }
}
