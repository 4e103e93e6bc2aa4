/// The length field of a BER-TLV data object (ISO/IEC 7816-4, 5.2.2.2; ISO/IEC 8825-1, 8.1.3).
@usableFromInline
enum TLVLength {
    /// How many bytes the shortest length field for `count` takes, 1 to 5.
    @inlinable
    static func byteCount(of count: Int) -> Int {
        if count < 0x80 { return 1 }
        if count < 0x100 { return 2 }
        if count < 0x1_0000 { return 3 }
        return count < 0x100_0000 ? 4 : 5
    }

    /// The maximum length that four bytes hold.
    @inlinable
    static var greatest: Int { 0xFFFF_FFFF }
}
