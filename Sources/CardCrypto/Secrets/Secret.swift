internal import COpenSSL

/// Bytes that must not be seen: a key, a PIN, a passphrase.
///
/// It has no description but `••`, no encoding and no mirror, is compared in constant time, and is wiped when the last
/// holder releases it. Its bytes are accessible only through a closure.
///
/// They are in pages that are not swapped out and not dumped (libcrypto's secure heap, 256 KB), as far as the system
/// allows the process to lock memory and there is room: beyond that they are in ordinary memory, and wiped all the same.
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

    /// Parses hexadecimal digits, two per byte, with any spaces and dashes among them.
    ///
    /// The digits go into the new secret directly: no other memory holds them on the way.
    ///
    /// - Parameter digits: ASCII characters, as typed or read from a file.
    /// - Returns: nil for anything else, and where there are no digits; how many bytes are right, the caller knows.
    public convenience init?(hexadecimal digits: Secret) {
        let digitCount = unsafe digits.withBytes { characters -> Int? in
            var count = 0
            for index in characters.indices {
                let character = unsafe characters[index]
                if Secret.isSeparator(character) { continue }
                guard Secret.nibble(character) != nil else { return nil }
                count += 1
            }
            return count
        }
        guard let digitCount, digitCount > 0, digitCount.isMultiple(of: 2) else { return nil }
        unsafe self.init(count: digitCount / 2) { bytes in
            unsafe digits.withBytes { characters in
                var number = 0
                for index in characters.indices {
                    guard let nibble = unsafe Secret.nibble(characters[index]) else { continue }
                    unsafe bytes[number / 2] = number.isMultiple(of: 2) ? nibble << 4 : bytes[number / 2] | nibble
                    number += 1
                }
            }
        }
    }

    private static func isSeparator(_ character: UInt8) -> Bool { character == 0x20 || character == 0x2D }

    /// The value of a hexadecimal digit in ASCII; nil for anything else.
    private static func nibble(_ character: UInt8) -> UInt8? {
        switch character {
        case 0x30...0x39: character - 0x30
        case 0x41...0x46: character - 0x37
        case 0x61...0x66: character - 0x57
        default: nil
        }
    }

    /// Allocates `count` bytes, all of which `fill` writes.
    @usableFromInline package init(count: Int, filledBy fill: (UnsafeMutableRawBufferPointer) -> Void) {
        unsafe storage = UnsafeMutableRawBufferPointer(start: SecureHeap.allocate(max(1, count)), count: count)
        unsafe fill(storage)
    }

    deinit { unsafe SecureHeap.free(storage.baseAddress, max(1, storage.count)) }

    /// Whether its bytes are in pages that are locked as far as the system allows it.
    package var isOnSecureHeap: Bool { unsafe CRYPTO_secure_allocated(storage.baseAddress) == 1 }

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

/// Comparisons that take the same time wherever the bytes differ.
public enum ConstantTime {
    /// Whether both are the same bytes, in constant time for their length; a difference in length is not hidden.
    public static func areEqual(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> Bool {
        let (a, b) = (Array(a), Array(b))
        return unsafe a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
    }
}
