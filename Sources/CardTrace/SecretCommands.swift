import ISO7816

/// Commands whose data carry a PIN or a key, recognized by header alone, so that masking them does not depend on a
/// dictionary.
package enum SecretCommands {
    /// The range of `command` that contains, or may contain, secret bytes; nil where the command is not one of these.
    ///
    /// The class byte is compared only where necessary: a secure messaging or channel bit must not make a PIN visible.
    package static func secretBytes(of command: [UInt8]) -> Range<Int>? {
        secretBytes(of: CommandBytes(command[...]))
    }

    private static func secretBytes(of command: CommandBytes) -> Range<Int>? {
        guard command.count > 5 else { return nil }
        let data = dataStart(of: command)..<command.count
        switch (command[0], command[1]) {
        case (_, 0x20), (_, 0x21), (_, 0x24), (_, 0x25), (_, 0x26), (_, 0x28), (_, 0x2C), (_, 0x2D), (_, 0x48):
            // VERIFY, CHANGE REFERENCE DATA, DISABLE and ENABLE VERIFICATION REQUIREMENT, RESET RETRY COUNTER,
            // IMPORT CARD SECRET (ISO/IEC 7816-4); PIN CHANGE/UNBLOCK (EMV)
            return data
        case (_, 0xC2), (_, 0xC3):
            // ENVELOPE carries another command
            return data
        case (0xFF, 0x82), (0xFF, 0xD2):
            // LOAD KEYS of a reader (PC/SC part 3), CHANGE CODE of a memory card behind a reader (ACS)
            return data
        case (0x80..., 0xD8), (0x80..., 0xD9):
            return componentBytes(of: command, data: data) ?? data
        case (0x80...0xFE, 0xE2):
            // STORE DATA (GlobalPlatform), unless it carries a function of an eUICC
            return isFunctionOfEUICC(command) ? nil : data
        case (..<0x80, 0xDA) where command[2] == 0x00 && [0xD1, 0xD2, 0xD3, 0xD5, 0xF4].contains(command[3]):
            // PUT DATA of secure-messaging keys, resetting code and AES key (OpenPGP card)
            return data
        case (..<0x80, 0xDB) where command[2...3] == [0x3F, 0xFF] && command[data.lowerBound] != 0x5C:
            // PUT DATA of a private key, or a later part of one (OpenPGP card); PIV's starts with a list of tags
            return data
        case (..<0x80, 0xFE), (..<0x80, 0xFF):
            // IMPORT ASYMMETRIC KEY, SET MANAGEMENT KEY (Yubico's PIV)
            return data
        case (0xFF, 0x00):
            return mifareKeyBytes(of: command, data: data)
        default:
            return nil
        }
    }

    /// Whether `command` is STORE DATA with a function of an eUICC (GSMA SGP.22, 5.7.2): a first block of the defined
    /// kind that begins with the tag of a function. These have no keys or PINs in clear.
    static func isFunctionOfEUICC(_ command: [UInt8]) -> Bool { isFunctionOfEUICC(CommandBytes(command[...])) }

    private static func isFunctionOfEUICC(_ command: CommandBytes) -> Bool {
        guard command.count > 7, command[0] >= 0x80, command[0] != 0xFF, command[1] == 0xE2, command[3] == 0x00,
            command[2] == 0x91 || command[2] == 0x11
        else { return false }
        let data = dataStart(of: command)
        return data + 1 < command.count && command[data] == 0xBF && (0x20...0x43).contains(command[data + 1])
    }

    /// The six bytes of a MIFARE key, in an authentication through a reader's PN532: target, 60 or 61, block, key.
    private static func mifareKeyBytes(of command: CommandBytes, data: Range<Int>) -> Range<Int>? {
        let start = data.lowerBound
        guard data.count >= 6, command[start] == 0xD4, command[start + 1] == 0x40, command[start + 3] & 0xFE == 0x60
        else { return nil }
        return start + 5..<min(start + 11, command.count)
    }

    /// LOAD COMPONENT: number and count, 16 key bytes, check value. In a PUT KEY of GlobalPlatform the second byte is a
    /// key type, which is 80 or above, so that they are not confused.
    private static func componentBytes(of command: CommandBytes, data: Range<Int>) -> Range<Int>? {
        let start = data.lowerBound
        guard command[4] == 21, start == 5, command.count == 26 || command.count == 27, command[start] >= 1,
            (2...8).contains(command[start + 1]), command[start] <= command[start + 1]
        else { return nil }
        return start + 2..<start + 18
    }

    /// The offset after Lc of either form. Three length bytes that are not consistent may be data.
    private static func dataStart(of command: CommandBytes) -> Int {
        guard command[4] == 0, command.count > 7 else { return 5 }
        let end = 7 + (Int(command[5]) << 8 | Int(command[6]))
        return command.count == end || command.count == end + 2 ? 7 : 5
    }
}

extension SecretCommands {
    /// A command in a line, counted from 0, without a copy of it.
    private struct CommandBytes {
        let bytes: ArraySlice<UInt8>

        init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

        var count: Int { bytes.count }
        subscript(index: Int) -> UInt8 { bytes[bytes.startIndex + index] }
        subscript(range: ClosedRange<Int>) -> ArraySlice<UInt8> {
            bytes[bytes.startIndex + range.lowerBound...bytes.startIndex + range.upperBound]
        }
    }

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
                let known = secretBytes(of: bytes) != nil
                guard known || run.isBroken && bytes.count >= 2 && bytes.count < 12 && isSecretHeader(bytes) else {
                    continue
                }
                let header = bytes.bytes.prefix(4).hexadecimal(separator: " ")
                return "\(String(decoding: words[..<start.offset], as: UTF8.self))\(header) \(MaskedBytes.mask)"
            }
            offset = run.end
        }
        return String(text)
    }

    /// Whether a command that begins so may carry a secret, whatever follows.
    private static func isSecretHeader(_ bytes: CommandBytes) -> Bool {
        secretBytes(of: CommandBytes((Array(bytes.bytes) + [0, 0, 0, 0, 1, 0])[...])) != nil
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
