internal import COpenSSL

/// Bytes that must not be seen: a key, a PIN, a passphrase.
///
/// It has no description but `••`, no encoding and no mirror, is compared in constant time, and is wiped when the last
/// holder releases it. Its bytes are accessible only through a closure.
@safe public final class Secret: @unchecked Sendable {
    // Never written after init, so sharing it between threads is safe; freed in deinit alone.
    private let storage: UnsafeMutableRawBufferPointer

    /// How many bytes it has.
    public var count: Int { unsafe storage.count }

    /// Copies `bytes`; the caller has to wipe the source.
    // Inlinable: generic code in another module would look its types up at every key.
    @inlinable public convenience init(copying bytes: some Collection<UInt8>) {
        unsafe self.init(count: bytes.count) { unsafe $0.copyBytes(from: bytes) }
    }

    /// Copies `bytes` and wipes them.
    public convenience init(taking bytes: inout [UInt8]) {
        self.init(copying: bytes)
        Secret.wipe(&bytes)
    }

    /// Allocates `count` bytes, all of which `fill` writes.
    @usableFromInline package init(count: Int, filledBy fill: (UnsafeMutableRawBufferPointer) -> Void) {
        unsafe storage = .allocate(byteCount: count, alignment: 1)
        unsafe fill(storage)
    }

    deinit {
        unsafe OPENSSL_cleanse(storage.baseAddress, storage.count)
        unsafe storage.deallocate()
    }

    /// Overwrites and empties an array of secret bytes; nothing else may hold the array.
    public static func wipe(_ bytes: inout [UInt8]) {
        unsafe bytes.withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
        bytes = []
    }

    /// Lends the bytes to `body`, which must not let them escape.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(UnsafeRawBufferPointer(storage))
    }

    /// Whether both hold the same bytes; takes the same time wherever they differ.
    public func matches(_ other: Secret) -> Bool {
        unsafe count == other.count && CRYPTO_memcmp(storage.baseAddress, other.storage.baseAddress, count) == 0
    }
}

extension Secret: CustomStringConvertible, CustomReflectable {
    public var description: String { "••" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
