#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Bytes that must not be seen: a PIN, a key of a card.
///
/// There is no description but `••`, no encoding and no mirror; they are compared in constant time and wiped when the
/// last holder lets go of them. They are reached through a closure only.
@safe public final class SecretBytes: @unchecked Sendable {
    // Never written after init, so sharing it between threads is safe; freed in deinit alone.
    private let storage: UnsafeMutableRawBufferPointer

    /// How many bytes there are.
    public var count: Int { unsafe storage.count }

    /// Copies `bytes`; wiping the source is its owner's.
    public init(copying bytes: some Collection<UInt8>) {
        unsafe storage = .allocate(byteCount: bytes.count, alignment: 1)
        unsafe storage.copyBytes(from: bytes)
    }

    /// Takes `bytes` and wipes them.
    public convenience init(taking bytes: inout [UInt8]) {
        self.init(copying: bytes)
        SecretBytes.wipe(&bytes)
    }

    deinit {
        unsafe wipeMemory(storage)
        unsafe storage.deallocate()
    }

    /// Overwrites and empties bytes that are not to be seen any more; nobody else may hold the array.
    public static func wipe(_ bytes: inout [UInt8]) {
        unsafe bytes.withUnsafeMutableBytes { unsafe wipeMemory($0) }
        bytes = []
    }

    /// Lends the bytes to `body`, which must not let them out.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(UnsafeRawBufferPointer(storage))
    }

    /// Whether both hold the same bytes; takes the same time wherever they differ.
    public func matches(_ other: SecretBytes) -> Bool {
        guard count == other.count else { return false }
        var difference: UInt8 = 0
        for index in 0..<count { unsafe difference |= storage[index] ^ other.storage[index] }
        return difference == 0
    }
}

extension SecretBytes: CustomStringConvertible, CustomReflectable {
    public var description: String { "••" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Overwrites memory by a call that no compiler leaves out.
@unsafe private func wipeMemory(_ memory: UnsafeMutableRawBufferPointer) {
    guard let start = memory.baseAddress else { return }
    #if canImport(Darwin)
    _ = unsafe memset_s(start, memory.count, 0, memory.count)
    #else
    unsafe explicit_bzero(start, memory.count)
    #endif
}
