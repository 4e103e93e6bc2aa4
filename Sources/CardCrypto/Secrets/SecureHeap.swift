internal import COpenSSL

/// The heap of libcrypto whose pages are locked and not dumped (OPENSSL_secure_malloc(3)).
enum SecureHeap {
    /// The keys of thousands of sessions; a user may lock 64 KB on old systems and 8 MB on others.
    private static let size = 1 << 20
    /// What is left for libcrypto's own use, such as each thread's random generator, which has no other memory.
    private static let reserve = size / 4
    /// A key of AES-256: smaller pieces would only take more bookkeeping.
    private static let smallestPiece = 32

    // It fails where the program has set the heap up already, and then that one is used. Where pages cannot be locked
    // the heap works without that.
    private static let start: Void = { _ = CRYPTO_secure_malloc_init(size, smallestPiece) }()

    /// Memory on the heap, or ordinary memory where there is no room.
    static func allocate(_ count: Int) -> UnsafeMutableRawPointer {
        _ = start
        let hasRoom = CRYPTO_secure_used() < size - reserve
        if hasRoom, let piece = unsafe CRYPTO_secure_malloc(count, "", 0) { return unsafe piece }
        // The failure is dealt with, and must not be found later by another call.
        ERR_clear_error()
        guard let piece = unsafe CRYPTO_malloc(count, "", 0) else { preconditionFailure("no memory left") }
        return unsafe piece
    }

    /// Wipes and frees memory of either kind.
    static func free(_ piece: UnsafeMutableRawPointer?, _ count: Int) {
        unsafe CRYPTO_secure_clear_free(piece, count, "", 0)
    }
}
