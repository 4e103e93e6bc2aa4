extension [UInt8] {
    /// Two digits per byte.
    func hexadecimal(separator: String = "") -> String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined(separator: separator)
    }

    /// Accepts two digits per byte, with any blanks, colons and dashes between bytes; nil for anything else.
    init?(hexadecimalDigits text: String) {
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in text {
            if character.isWhitespace || character == ":" || character == "-" {
                guard high == nil else { return nil }
                continue
            }
            guard character.isASCII, let digit = character.hexDigitValue.map(UInt8.init) else { return nil }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        guard high == nil else { return nil }
        self = bytes
    }
}
