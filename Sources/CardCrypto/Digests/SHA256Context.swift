internal import COpenSSL

/// SHA-256 (FIPS 180-4) whose algorithm stays fetched between messages: looking it up costs more than a short message.
///
/// Used from one thread at a time. Its calls fail only where memory is exhausted, and then stop the program as any failed
/// allocation would.
@safe package final class SHA256Context {
    private let algorithm: OpaquePointer
    private let context: OpaquePointer

    package init() {
        guard let algorithm = unsafe EVP_MD_fetch(nil, "SHA256", nil), let context = unsafe EVP_MD_CTX_new() else {
            preconditionFailure("libcrypto has no memory left")
        }
        unsafe self.algorithm = algorithm
        unsafe self.context = context
    }

    deinit {
        unsafe EVP_MD_CTX_free(context)
        unsafe EVP_MD_free(algorithm)
    }

    /// The hash of `message`.
    package func hash(_ message: Span<UInt8>) -> InlineArray<32, UInt8> {
        var result = InlineArray<32, UInt8>(repeating: 0)
        requireMemory(unsafe EVP_DigestInit_ex2(context, algorithm, nil))
        unsafe message.withUnsafeBufferPointer { bytes in
            requireMemory(unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count))
        }
        requireMemory(unsafe EVP_DigestFinal_ex(context, &result, nil))
        return result
    }
}
