// Inlinable, since traces consist mostly of this.
extension Array where Element == UInt8 {
    /// Reads an even number of hexadecimal digits, nil for anything else.
    @inlinable package init?(hexadecimal digits: some StringProtocol) {
        self.init()
        reserveCapacity(digits.utf8.count / 2)
        var high: UInt8?
        for digit in digits.utf8 {
            guard let value = digit.hexadecimalValue else { return nil }
            if let first = high {
                append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        guard high == nil else { return nil }
    }
}

extension Collection where Element == UInt8 {
    /// Two upper-case hexadecimal digits per byte, `separator` between bytes.
    @inlinable package func hexadecimal(separator: String = "") -> String {
        let between = Array(separator.utf8)
        let count = count * (2 + between.count)
        return unsafe String(unsafeUninitializedCapacity: count) { room in
            var offset = 0
            for byte in self {
                if offset > 0 {
                    for unit in between {
                        unsafe room[offset] = unit
                        offset += 1
                    }
                }
                unsafe room[offset] = byte.highDigit
                unsafe room[offset + 1] = byte.lowDigit
                offset += 2
            }
            return offset
        }
    }
}

extension UInt8 {
    /// Two upper-case hexadecimal digits.
    @inlinable package var hexadecimalDigits: String { CollectionOfOne(self).hexadecimal() }

    /// The digit of the upper four bits, in ASCII.
    @inlinable package var highDigit: UInt8 { (self >> 4).asDigit }
    /// The digit of the lower four bits, in ASCII.
    @inlinable package var lowDigit: UInt8 { (self & 0xF).asDigit }
    @inlinable package var asDigit: UInt8 { self < 10 ? 0x30 + self : 0x37 + self }

    /// The value of an ASCII character as a hexadecimal digit; nil for any other.
    @inlinable package var hexadecimalValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x37
        case 0x61...0x66: self - 0x57
        default: nil
        }
    }
}
