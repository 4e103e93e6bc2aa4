internal import COpenSSL

/// HMAC over SHA-256 (RFC 2104) under a key that stays set up between messages: setting it up, and looking the algorithm
/// up, costs four times as much as a short message.
///
/// Used from one thread at a time. Its calls fail only where memory is exhausted, and then stop the program as any failed
/// allocation would.
@safe package final class HMACSHA256Context {
    private let context: OpaquePointer
    private var isFresh = true

    package init(key: Secret) {
        guard let context = unsafe vs_hmac_sha256_context() else {
            preconditionFailure("libcrypto has no memory left")
        }
        unsafe self.context = context
        unsafe key.withBytes { bytes in
            requireMemory(unsafe EVP_MAC_init(context, bytes.octets, bytes.count, nil))
        }
    }

    deinit { unsafe EVP_MAC_CTX_free(context) }

    /// Signs `message`.
    package func sign(_ message: Span<UInt8>) -> InlineArray<32, UInt8> {
        var result = InlineArray<32, UInt8>(repeating: 0)
        // A context that has its key begins the next message without setting it up again.
        if !isFresh { requireMemory(unsafe EVP_MAC_init(context, nil, 0, nil)) }
        isFresh = false
        unsafe message.withUnsafeBufferPointer { bytes in
            requireMemory(unsafe EVP_MAC_update(context, bytes.baseAddress, bytes.count))
        }
        requireMemory(unsafe EVP_MAC_final(context, &result, nil, 32))
        return result
    }
}
