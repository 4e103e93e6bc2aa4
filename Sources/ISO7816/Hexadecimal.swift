// Inlined elsewhere, for traces are made of little else.
extension Array where Element == UInt8 {
    /// Reads an even number of hexadecimal digits, or gives nil.
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
    /// Two upper-case hexadecimal digits a byte, `separator` between bytes.
    @inlinable package func hexadecimal(separator: String = "") -> String {
        let between = Array(separator.utf8)
        let count = count * (2 + between.count)
        return unsafe String(unsafeUninitializedCapacity: count) { room in
            var place = 0
            for byte in self {
                if place > 0 {
                    for unit in between {
                        unsafe room[place] = unit
                        place += 1
                    }
                }
                unsafe room[place] = byte.highDigit
                unsafe room[place + 1] = byte.lowDigit
                place += 2
            }
            return place
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

    /// What an ASCII character is worth as a hexadecimal digit; nil for any other.
    @inlinable package var hexadecimalValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x37
        case 0x61...0x66: self - 0x57
        default: nil
        }
    }
}
