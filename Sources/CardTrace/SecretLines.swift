import ISO7816

extension SecretCommands {
    /// An erroneous line, for an error message: a command that carries a PIN or key is reduced to its header and `••`.
    ///
    /// The error may be within the command, so that hexadecimal digits are used as far as they are valid. Blanks,
    /// punctuation and `0x` or `\x` may stand between bytes.
    package static func shown(_ text: some StringProtocol) -> String {
        var steps = 0
        return shown(text, steps: &steps)
    }

    /// - Parameter steps: is increased with each character and each possible begin of a command that is looked at.
    static func shown(_ text: some StringProtocol, steps: inout Int) -> String {
        let words = Array(text.utf8)
        var offset = 0
        while offset < words.count {
            steps += 1
            guard words[offset].hexadecimalValue != nil else {
                offset += 1
                continue
            }
            let run = DigitRun(words, from: offset)
            steps += run.end - offset + run.starts.count
            for start in run.starts {
                // A run that breaks off at a letter may be the header of a command: its data are behind the letter.
                let bytes = CommandBytes(run.bytes(from: start.digit))
                let known = !finding(of: bytes).ranges.isEmpty
                guard known || run.isBroken && bytes.count >= 2 && bytes.count < 12 && isSecretHeader(bytes) else {
                    continue
                }
                let header = bytes.bytes.prefix(4).hexadecimal(separator: " ")
                return "\(String(decoding: words[..<start.offset], as: UTF8.self))\(header) \(MaskedBytes.mask)"
            }
            if run.hasCardNumber, let start = run.starts.first {
                let begin = run.bytes(from: start.digit).prefix(2).hexadecimal(separator: " ")
                return "\(String(decoding: words[..<start.offset], as: UTF8.self))\(begin) \(MaskedBytes.mask)"
            }
            offset = run.end
        }
        return String(text)
    }

    /// Whether bytes have the tag of a card number or a track, a length, and digits or text as its first four bytes.
    static func hasCardNumber(_ bytes: [UInt8]) -> Bool {
        bytes.indices.contains { index in
            guard let value = cardValue(in: bytes, at: index) else { return false }
            return value.kind.begins(bytes[value.range])
        }
    }

    /// The values of card numbers and tracks in bytes of a file, all of whose bytes are digits or text. Of one that is
    /// longer than the bytes that follow, these are taken.
    static func cardNumbers(in bytes: [UInt8]) -> [Range<Int>] {
        var (found, index): ([Range<Int>], Int) = ([], 0)
        while index < bytes.count {
            if let (kind, range) = cardValue(in: bytes, at: index), kind.begins(bytes[range]),
                bytes[range].allSatisfy(kind.contains)
            {
                found.append(range)
                index = range.upperBound
            } else {
                index += 1
            }
        }
        return found
    }

    /// What the value of a card number or a track consists of.
    private enum CardValueKind {
        case digits, track1, text

        /// Whether the first four bytes are such.
        func begins(_ value: ArraySlice<UInt8>) -> Bool {
            let value = value.prefix(4)
            return switch self {
            case .digits: value.allSatisfy { $0 >> 4 < 10 && $0 & 0xF < 10 }
            // Track 1 begins with B and the number (ISO/IEC 7813); AIDs of text have 56 too.
            case .track1: value.first == 0x42 && value.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
            case .text: value.allSatisfy { (0x20..<0x7F).contains($0) }
            }
        }

        /// Whether a byte can be in it: two digits, the separator D and the padding F, or text.
        func contains(_ byte: UInt8) -> Bool {
            guard self == .digits else { return (0x20..<0x7F).contains(byte) }
            return [byte >> 4, byte & 0xF].allSatisfy { $0 < 10 || $0 == 0xD || $0 == 0xF }
        }
    }

    /// The value of at least four bytes whose tag, that of a card number or a track, is at `index`.
    private static func cardValue(in bytes: [UInt8], at index: Int) -> (kind: CardValueKind, range: Range<Int>)? {
        let isLong = [0x5F, 0x9F].contains(bytes[index]) && index + 1 < bytes.count
        let tag = isLong ? Int(bytes[index]) << 8 | Int(bytes[index + 1]) : Int(bytes[index])
        let kind: CardValueKind
        switch tag {
        case 0x57, 0x58, 0x5A, 0x5F22, 0x5F23, 0x9F20, 0x9F6B: kind = .digits
        case 0x56, 0x5F21: kind = .track1
        case 0x9F1F: kind = .text
        default: return nil
        }
        var start = index + (isLong ? 2 : 1)
        if start < bytes.count, bytes[start] == 0x81 { start += 1 }
        guard start + 4 < bytes.count, bytes[start] >= 4 else { return nil }
        return (kind, (start + 1)..<min(start + 1 + Int(bytes[start]), bytes.count))
    }

    /// Whether a command that begins so may carry a secret, whatever follows.
    private static func isSecretHeader(_ bytes: CommandBytes) -> Bool {
        !finding(of: CommandBytes((Array(bytes.bytes) + [0, 0, 0, 0, 1, 0])[...])).ranges.isEmpty
    }

    /// Hexadecimal digits of a line with what may stand between bytes, and where bytes may begin.
    private struct DigitRun {
        /// The offset after it.
        let end: Int
        /// Whether a letter follows, which no byte can have.
        let isBroken: Bool
        /// The offset in the line, and the number of the digit there.
        private(set) var starts: [(offset: Int, digit: Int)] = []
        /// The bytes that begin at an even digit, and those that begin at an odd one.
        private let aligned: (even: [UInt8], odd: [UInt8])

        init(_ words: [UInt8], from first: Int) {
            var (offset, digits): (Int, [UInt8]) = (first, [])
            var isWithin = first > 0 && words[first - 1].hexadecimalValue != nil
            scan: while offset < words.count {
                let unit = words[offset]
                let isMarked = offset + 1 < words.count && words[offset + 1] | 0x20 == UInt8(ascii: "x")
                if isMarked, unit == UInt8(ascii: "\\") || unit == UInt8(ascii: "0") && !isWithin {
                    isWithin = false
                    offset += 2
                    continue
                }
                if let value = unit.hexadecimalValue {
                    if !isWithin { starts.append((offset, digits.count)) }
                    digits.append(value)
                    isWithin = true
                } else if Self.isSeparator(unit) {
                    isWithin = false
                } else {
                    break scan
                }
                offset += 1
            }
            end = max(offset, first + 1)
            isBroken = offset < words.count && Self.isLetter(words[offset])
            aligned = (Self.pairs(digits[...]), Self.pairs(digits.dropFirst()))
        }

        /// The bytes from a digit on.
        func bytes(from digit: Int) -> ArraySlice<UInt8> {
            digit.isMultiple(of: 2) ? aligned.even[(digit / 2)...] : aligned.odd[(digit / 2)...]
        }

        /// Whether it has what looks like a card number or a track, in an answer that could not be read.
        var hasCardNumber: Bool { [aligned.even, aligned.odd].contains(where: SecretCommands.hasCardNumber) }

        private static func pairs(_ digits: ArraySlice<UInt8>) -> [UInt8] {
            stride(from: digits.startIndex, to: digits.endIndex - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        }

        /// A blank, a tab, or punctuation as in lists of bytes.
        private static func isSeparator(_ unit: UInt8) -> Bool {
            switch unit {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: ";"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "|"), UInt8(ascii: "_"), UInt8(ascii: "'"),
                UInt8(ascii: "\""), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"):
                true
            default: false
            }
        }

        private static func isLetter(_ unit: UInt8) -> Bool {
            (0x61...0x7A).contains(unit | 0x20) || unit >= 0x80
        }
    }
}
