/// The frame check sequence of HDLC, CRC-16/X-25 (ISO/IEC 13239, 4.2.5; RFC 1662, C.2): it detects every burst of up to
/// 16 bits.
public enum FrameCheck {
    /// The check over `bytes`; that of `"123456789"` is `906E`.
    public static func of(_ bytes: some Sequence<UInt8>) -> UInt16 {
        var rest: UInt16 = 0xFFFF
        for byte in bytes { rest = rest >> 8 ^ table[Int(UInt8(truncatingIfNeeded: rest) ^ byte)] }
        return ~rest
    }

    /// Whether the last two bytes of a part of `bytes` are the check over those before them, low byte first.
    static func holds(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var rest: UInt16 = 0xFFFF
        for index in range { rest = rest >> 8 ^ table[Int(UInt8(truncatingIfNeeded: rest) ^ bytes[index])] }
        return rest == residue
    }

    /// What the register holds after a frame and its check (RFC 1662, C.2: "good FCS").
    private static let residue: UInt16 = 0xF0B8

    private static let table: [UInt16] = (0..<256).map { byte in
        var rest = UInt16(byte)
        for _ in 0..<8 { rest = rest & 1 == 1 ? rest >> 1 ^ 0x8408 : rest >> 1 }
        return rest
    }
}
