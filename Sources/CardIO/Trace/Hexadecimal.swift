extension Array where Element == UInt8 {
    /// Reads an even number of hexadecimal digits, or gives nil.
    init?(hexadecimal digits: some StringProtocol) {
        self.init()
        var high: UInt8?
        for digit in digits {
            guard digit.isASCII, let value = digit.hexDigitValue.map(UInt8.init) else { return nil }
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
    func hexadecimal(separator: String = "") -> String {
        map(\.hexadecimalDigits).joined(separator: separator)
    }
}

extension UInt8 {
    /// Two upper-case hexadecimal digits.
    var hexadecimalDigits: String {
        (self < 16 ? "0" : "") + String(self, radix: 16, uppercase: true)
    }
}
