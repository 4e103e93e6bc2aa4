public import ISO7816

/// EDC, the epilogue of a T=1 block (ISO/IEC 7816-3, 11.3.4).
extension AnswerToReset.BlockCheck {
    /// How many bytes EDC has.
    public var count: Int { self == .lrc ? 1 : 2 }

    /// EDC of the bytes before it: their exclusive or, or the CRC of ISO/IEC 13239, low byte first.
    public func code(of bytes: ArraySlice<UInt8>) -> [UInt8] {
        switch self {
        case .lrc:
            var sum: UInt8 = 0
            for byte in bytes { sum ^= byte }
            return [sum]
        case .crc:
            let crc = Self.crc(bytes)
            return [UInt8(truncatingIfNeeded: crc), UInt8(crc >> 8)]
        }
    }

    /// Whether the last bytes are the EDC of those before.
    public func isRight(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 3 + count else { return false }
        return bytes.suffix(count).elementsEqual(code(of: bytes.dropLast(count)))
    }

    private static let table: [UInt16] = (0...255).map { index in
        (0..<8).reduce(UInt16(index)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0x8408 : crc >> 1 }
    }

    /// The 16-bit frame check sequence of ISO/IEC 13239: x¹⁶ + x¹² + x⁵ + 1, least significant bit first, from all
    /// ones, complemented.
    private static func crc(_ bytes: ArraySlice<UInt8>) -> UInt16 {
        var crc: UInt16 = 0xFFFF
        for byte in bytes { crc = crc >> 8 ^ table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] }
        return ~crc
    }
}
