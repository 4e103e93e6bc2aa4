import ISO7816

/// Whether bytes without a mark look like a command or like an answer, and what speaks against each.
struct APDUForm {
    /// Whether it can be a command: a valid structure and instruction (ISO/IEC 7816-3, 12.1.3).
    let canCommand: Bool
    /// Whether it ends in a status word.
    let canAnswer: Bool
    /// Whether it is a complete answer to reset with a correct check character.
    let isAnswerToReset: Bool
    /// What speaks against a command; higher is worse.
    private(set) var againstCommand = 0
    /// What speaks against an answer; higher is worse.
    private(set) var againstAnswer = 0

    /// - Parameter command: the line before; empty where it is not a command.
    init(_ bytes: [UInt8], after command: [UInt8]) {
        let status = bytes.suffix(2)
        canAnswer = bytes.count >= 2 && Self.isStatus(status)
        isAnswerToReset = Self.isAnswerToReset(bytes)
        let parsed = Self.parsed(bytes)
        // INS 6x and 9x are invalid (ISO/IEC 7816-4, 5.4.2), so this is data.
        canCommand = parsed != nil && bytes[1] >> 4 != 6 && bytes[1] >> 4 != 9
        if bytes.count >= 2 {
            if !Self.isUsual(cla: bytes[0]) { againstCommand += 3 }
            if !Self.instructions.contains(bytes[1]) { againstCommand += 3 }
        }
        // A length that fits by chance does so in one of 256 cases.
        if canCommand, bytes.count > 5 { againstCommand -= 3 }
        guard canAnswer else { return }
        if !Self.isUsual(status: status, hasData: bytes.count > 2) { againstAnswer += 2 }
        let data = bytes.dropLast(2)
        if Self.isTLV(data) { againstAnswer -= 3 }
        if let expected = Self.parsed(command)?.expectedLength, expected == data.count { againstAnswer -= 2 }
        // Cards do not answer with the header of the command.
        if command.count >= 4, bytes.starts(with: command.prefix(2)) { againstAnswer += 5 }
    }

    private static func parsed(_ bytes: [UInt8]) -> CommandAPDU? {
        guard bytes.count >= 4 else { return nil }
        do { return try CommandAPDU(bytes) } catch { return nil }
    }

    private static func isAnswerToReset(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 4, bytes[0] == 0x3B || bytes[0] == 0x3F else { return false }
        do {
            _ = try AnswerToReset(bytes)
            return true
        } catch {
            return false
        }
    }

    /// SW1 is 61 to 6F, or 9x (ISO/IEC 7816-4, 5.6).
    private static func isStatus(_ status: ArraySlice<UInt8>) -> Bool {
        guard let high = status.first else { return false }
        return high >> 4 == 9 || (0x61...0x6F).contains(high)
    }

    /// Status words that cards send often (ISO/IEC 7816-4, tables 6 and 7; ETSI TS 102 221, 10.2).
    private static func isUsual(status: ArraySlice<UInt8>, hasData: Bool) -> Bool {
        guard let high = status.first, let low = status.last else { return false }
        return switch high {
        case 0x90, 0x67, 0x6B, 0x6D, 0x6E: low == 0
        case 0x61, 0x6C, 0x6F: true
        case 0x62, 0x63, 0x64, 0x65: low <= 0x02 || low >= 0x80
        case 0x68, 0x69, 0x6A: low == 0 || low >> 4 == 8
        case 0x91, 0x92, 0x93, 0x94, 0x98, 0x9E, 0x9F: !hasData || high == 0x91
        default: false
        }
    }

    /// One BER-TLV data object of definite length that takes all bytes, as an FCI or a record is.
    private static func isTLV(_ data: ArraySlice<UInt8>) -> Bool {
        var rest = data
        guard let tag = rest.popFirst(), tag != 0 else { return false }
        if tag & 0x1F == 0x1F { while let next = rest.popFirst(), next & 0x80 != 0 {} }
        guard let first = rest.popFirst() else { return false }
        guard first & 0x80 != 0 else { return Int(first) == rest.count && !rest.isEmpty }
        let count = Int(first & 0x7F)
        guard (1...3).contains(count), rest.count >= count else { return false }
        return rest.prefix(count).reduce(0) { $0 << 8 | Int($1) } == rest.count - count
    }

    /// Interindustry classes of the first four channels, the proprietary ones, GSM's, and that of readers.
    private static func isUsual(cla: UInt8) -> Bool {
        cla < 0x10 || (0x80...0x90).contains(cla) || cla == 0xA0 || cla == 0xFF
    }

    /// Instructions of ISO/IEC 7816-4, -8 and -9, ETSI TS 102 221, GlobalPlatform and EMV.
    private static let instructions: Set<UInt8> = [
        0x04, 0x0C, 0x0E, 0x0F, 0x10, 0x12, 0x14, 0x16, 0x1E, 0x20, 0x21, 0x22, 0x24, 0x25, 0x26, 0x28, 0x2A, 0x2C,
        0x2D,
        0x32, 0x34, 0x36, 0x44, 0x46, 0x47, 0x48, 0x50, 0x54, 0x58, 0x70, 0x73, 0x75, 0x76, 0x78, 0x7A, 0x82, 0x84,
        0x86,
        0x87, 0x88, 0x89, 0xA0, 0xA1, 0xA2, 0xA4, 0xA5, 0xA8, 0xAA, 0xAC, 0xAE, 0xB0, 0xB1, 0xB2, 0xB3, 0xC0, 0xC2,
        0xC3,
        0xCA, 0xCB, 0xCC, 0xCD, 0xD0, 0xD1, 0xD2, 0xD4, 0xD6, 0xD7, 0xD8, 0xDA, 0xDB, 0xDC, 0xDD, 0xE0, 0xE2, 0xE4,
        0xE6,
        0xE8, 0xEA, 0xEC, 0xEE, 0xF0, 0xF2, 0xFE,
    ]
}
