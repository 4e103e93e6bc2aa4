import ISO7816

/// Where a command reads or writes a file, by INS, P1 and P2 alone (ISO/IEC 7816-4, 11.3 and 11.4; 3GPP TS 51.011, 9.2).
struct FileAccess: Sendable {
    /// The first byte in the file; 0 of a record.
    let offset: Int
    /// The short identifier of the file; nil for the current one.
    let shortIdentifier: UInt8?
    let isRecord: Bool
    let isWriting: Bool

    /// nil for other commands, and under secure messaging, where the data are not those of the file.
    init?(_ header: [UInt8]) {
        guard header.count >= 4, Self.isPlain(cla: header[0]) else { return nil }
        let (p1, p2) = (header[2], header[3])
        switch header[1] {
        case 0xB0, 0xD0, 0xD6:
            let isShort = p1 & 0xE0 == 0x80
            guard isShort || p1 < 0x80 else { return nil }
            (offset, shortIdentifier) = isShort ? (Int(p2), p1 & 0x1F) : (Int(p1) << 8 | Int(p2), nil)
            isRecord = false
        case 0xB2, 0xD2, 0xDC:
            (offset, shortIdentifier, isRecord) = (0, p2 >> 3 == 0 ? nil : p2 >> 3, true)
        default: return nil
        }
        isWriting = header[1] >= 0xD0
    }

    /// Whether a command reads or writes a file at a place that its data say, or writes a record (ISO/IEC 7816-4, 11.3 and
    /// 11.4, with an odd instruction): what looks like a card number is one there.
    static func hasUnplacedContent(_ header: [UInt8]) -> Bool {
        header.count >= 4 && isPlain(cla: header[0]) && [0xB1, 0xB3, 0xD1, 0xD2, 0xD7, 0xDD, 0xE2].contains(header[1])
    }

    private static func isPlain(cla: UInt8) -> Bool {
        cla == 0xA0 || cla < 0x80 && !SecretCommands.isProtected(cla: cla)
    }
}
