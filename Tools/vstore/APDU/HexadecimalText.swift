extension [UInt8] {
    /// Two digits per byte.
    func hexadecimal(separator: String = "") -> String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined(separator: separator)
    }

    /// Accepts what ``HexadecimalText/bytes(_:)`` does; nil for anything else.
    init?(hexadecimalDigits text: String) {
        do throws(HexadecimalText.Fault) {
            self = try HexadecimalText.bytes(text[...])
        } catch {
            return nil
        }
    }
}

/// Hexadecimal digits that a person wrote.
enum HexadecimalText {
    /// Why a text is not bytes, and where.
    struct Fault: Error, CustomStringConvertible {
        /// The byte, counted from 1, that has one digit; nil where a character is no digit.
        var byte: Int?
        /// Characters and lines are counted from 1; nil where there is only one line.
        var (line, character): (Int?, Int)

        var description: String {
            let place = line.map { "line \($0), character \(character)" } ?? "character \(character)"
            return byte.map { "byte \($0) has one digit (\(place))" } ?? "no hexadecimal digit (\(place))"
        }
    }

    /// Two digits per byte, with any blanks, line ends, colons, dashes, commas, semicolons and quotes between bytes,
    /// each of which may have `0x` or `\x` before it.
    ///
    /// - Throws: `Fault`, at the first character that does not fit.
    static func bytes(_ text: Substring) throws(Fault) -> [UInt8] {
        var reader = Reader()
        reader.bytes.reserveCapacity(text.utf8.count / 2)
        for unit in text.utf8 {
            guard reader.read(unit) else {
                // Blanks of typography are looked for only where there is something else than ASCII.
                guard unit >= 0x80, text.contains(where: isBlank) else { throw fault(reader, text) }
                return try bytes(Substring(text.map { isBlank($0) ? " " : $0 }))
            }
        }
        guard reader.endByte() else { throw fault(reader, text) }
        return reader.bytes
    }

    private static func isBlank(_ character: Character) -> Bool { !character.isASCII && character.isWhitespace }

    private static func fault(_ reader: Reader, _ text: Substring) -> Fault {
        let before = text.utf8.prefix(reader.count)
        let lines = before.count { $0 == 0x0A }
        let start = before.lastIndex(of: 0x0A).map { before.index(after: $0) } ?? before.startIndex
        let character = before[start...].count { $0 & 0xC0 != 0x80 }
        // A digit that is missing is behind the last character, another fault is at the next one.
        let isBehind = reader.isDigitMissing || reader.count >= text.utf8.count
        return Fault(
            byte: reader.isDigitMissing ? reader.bytes.count + 1 : nil,
            line: text.utf8.dropLast().contains(0x0A) ? lines + 1 : nil,
            character: max(isBehind ? character : character + 1, 1))
    }

    private struct Reader {
        var bytes: [UInt8] = []
        /// How many characters were read.
        private(set) var count = 0
        private(set) var isDigitMissing = false
        /// The first digit of a byte.
        private var high: UInt8?
        /// `0` or `\` may begin `0x`, `0x` may be followed by one digit.
        private var (isBegin, isPrefixed): (Bool, Bool) = (false, false)

        /// - Returns: whether the character fits.
        mutating func read(_ unit: UInt8) -> Bool {
            if let digit = unit.digit {
                if let first = high {
                    bytes.append(first << 4 | digit)
                    (high, isPrefixed) = (nil, false)
                } else if isBegin, !isPrefixed {
                    // Only x follows a backslash.
                    return false
                } else {
                    high = digit
                }
                isBegin = false
            } else if unit | 0x20 == UInt8(ascii: "x"), !isPrefixed, high == 0 || isBegin {
                (high, isBegin, isPrefixed) = (nil, false, true)
            } else {
                guard !isBegin, endByte() else { return false }
                isBegin = unit == UInt8(ascii: "\\")
                guard isBegin || " \t\n\r\u{0B}\u{0C}:-,;\"'".utf8.contains(unit) else { return false }
            }
            count += 1
            return true
        }

        /// Ends a byte: one digit is enough after `0x` alone.
        mutating func endByte() -> Bool {
            if let digit = high {
                guard isPrefixed else {
                    isDigitMissing = true
                    return false
                }
                bytes.append(digit)
            } else if isPrefixed || isBegin {
                isDigitMissing = isPrefixed
                return false
            }
            (high, isPrefixed) = (nil, false)
            return true
        }
    }
}

extension UInt8 {
    /// The value of a hexadecimal digit; nil for any other character.
    fileprivate var digit: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x37
        case 0x61...0x66: self - 0x57
        default: nil
        }
    }
}
