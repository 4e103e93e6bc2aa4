import CardCrypto

/// The input of a signature, written in place field by field: at most 80 bytes, enough for the longest message of the
/// protocol without its text.
struct Message: ~Copyable {
    private var storage = InlineArray<80, UInt8>(repeating: 0)
    private(set) var count = 0

    var span: Span<UInt8> {
        @_lifetime(borrow self)
        borrowing get { storage.span.extracting(first: count) }
    }

    subscript(index: Int) -> UInt8 {
        get { storage[index] }
        set { storage[index] = newValue }
    }

    mutating func append(_ byte: UInt8) {
        storage[count] = byte
        count += 1
    }

    mutating func append<T: FixedWidthInteger & UnsignedInteger>(bigEndian value: T) {
        for shift in stride(from: T.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: value >> T(shift)))
        }
    }

    mutating func append(_ block: AESBlock) {
        for index in 0..<16 { storage[count + index] = block.storage[index] }
        count += 16
    }

    mutating func append(_ label: String) {
        for byte in label.utf8 { append(byte) }
    }

    mutating func append(_ id: PartyID) { append(bigEndian: id.rawValue) }

    mutating func append(_ name: KeyName) {
        append(name.purpose.rawValue)
        append(name.version)
    }
}
