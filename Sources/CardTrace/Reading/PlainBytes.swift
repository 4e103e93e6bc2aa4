import ISO7816

/// Reads bytes that stand one after another, with or without `0x`, blanks, colons, commas, semicolons and quotes.
struct PlainBytes {
    private var bytes: [UInt8] = []
    /// The first digit of a byte.
    private var high: UInt8?
    /// Digits of the number being read, and whether `0x` is before them.
    private var (digits, isPrefixed): (Int, Bool) = (0, false)
    private var (numbers, commas, semicolons): (Int, Int, Int) = (0, 0, 0)
    private var (hasLongNumbers, hasShortNumbers) = (false, false)
    /// Whether a number is as long as the header of a command.
    private var hasHeader = false
    private var endsInComma = false

    /// - Returns: how many characters were read; nil where they are not of bytes.
    mutating func read(_ unit: UInt8, _ next: UInt8) -> Int? {
        let isMark = next | 0x20 == UInt8(ascii: "x")
        if isMark, unit == UInt8(ascii: "0") && digits == 0 && !isPrefixed || unit == UInt8(ascii: "\\") {
            guard endNumber() else { return nil }
            isPrefixed = true
            return 2
        }
        if let value = unit.hexadecimalValue {
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
            digits += 1
            endsInComma = false
            return 1
        }
        switch unit {
        case UInt8(ascii: ","):
            commas += 1
            endsInComma = true
        case UInt8(ascii: ";"): semicolons += 1
        case 0x20, 0x09, UInt8(ascii: ":"), UInt8(ascii: "\""), UInt8(ascii: "'"): break
        default: return nil
        }
        return endNumber() ? 1 : nil
    }

    mutating func end() -> HexadecimalText.Plain {
        guard endNumber() else { return .odd }
        if bytes.isEmpty { return commas == 0 && semicolons == 0 ? .nothing : .odd }
        // Several APDUs, or words: where one ends is not known.
        if hasLongNumbers, semicolons > 0 || commas > 0 && numbers > 1 && hasHeader && !hasShortNumbers { return .odd }
        return .bytes(bytes, goesOn: endsInComma && !hasLongNumbers && commas == numbers)
    }

    private mutating func endNumber() -> Bool {
        defer { (digits, isPrefixed, high) = (0, false, nil) }
        if let high {
            // 0x0 is a byte, a single digit is none.
            guard digits == 1, isPrefixed else { return false }
            bytes.append(high)
        } else if digits == 0 {
            return !isPrefixed
        }
        numbers += 1
        if digits > 2 { hasLongNumbers = true } else { hasShortNumbers = true }
        if digits >= 8 { hasHeader = true }
        return true
    }
}
