// Little-endian base 128 (DWARF 5, 7.6): seven bits a byte, lowest first; bit 7 is set on all but the last.

extension [UInt8] {
    /// Appends `value` in as few bytes as it needs.
    package mutating func append(leb128 value: some FixedWidthInteger & UnsignedInteger) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }
}

extension ByteReader {
    /// Reads a number; nil if it is cut off, longer than needed, or above `T.max`.
    @_lifetime(self: copy self)
    package mutating func readLEB128<T: FixedWidthInteger & UnsignedInteger>(_: T.Type = T.self) -> T? {
        var value: T = 0
        var shift = 0
        while true {
            let byte = readByte()
            guard isGood, shift < T.bitWidth else { return nil }
            let bits = T(byte & 0x7F)
            guard (bits << T(shift)) >> T(shift) == bits else { return nil }
            value |= bits << T(shift)
            guard byte & 0x80 != 0 else { return byte == 0 && shift > 0 ? nil : value }
            shift += 7
        }
    }
}
