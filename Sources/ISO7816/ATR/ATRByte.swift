/// One byte of an answer to reset, with its name in the standard and its meaning.
public struct ATRByte: Sendable, Hashable {
    /// Its index, TS being 0.
    public let offset: Int
    /// The byte.
    public let value: UInt8
    /// Its name in ISO/IEC 7816-3: TS, T0, TA1 to TDi, T1 to T15 for historical bytes, TCK; `extra` beyond the end.
    public let name: String
    /// Its meaning, one statement per item, in the order of its bits; empty where an earlier byte covers it.
    public let meaning: [String]
}

extension AnswerToReset {
    /// Every byte with its name and meaning, in order (ISO/IEC 7816-3, 8.2 and 8.3; ISO/IEC 7816-4, 12.1.1).
    ///
    ///     for byte in try AnswerToReset([0x3B, 0x65, 0x00, 0x00, 0x9C, 0x11, 0x01, 0x01, 0x03]).explanation {
    ///         print(byte.name, byte.meaning)
    ///     }
    public var explanation: [ATRByte] {
        var explained: [ATRByte] = []
        func add(_ name: String, _ meaning: [String]) {
            let offset = explained.count
            explained.append(ATRByte(offset: offset, value: bytes[offset], name: name, meaning: meaning))
        }
        add("TS", [convention.meaning])
        add("T0", [Self.announcement(bytes[1] >> 4, level: 1), Self.counted(historicalRange.count, "historical byte")])
        for (index, level) in levels.enumerated() {
            let number = index + 1
            if level.ta != nil { add("TA\(number)", meaningOfTA(on: index)) }
            if level.tb != nil { add("TB\(number)", meaningOfTB(on: index)) }
            if level.tc != nil { add("TC\(number)", meaningOfTC(on: index)) }
            if let td = level.td {
                add(
                    "TD\(number)", [Self.announcement(td >> 4, level: number + 1), Self.meaning(ofProtocol: td & 0x0F)])
            }
        }
        let historical = TypeBCard(self)?.meanings ?? HistoricalExplanation(historicalBytes).meanings
        for (index, meaning) in historical.enumerated() {
            add("T\(index + 1)", meaning)
        }
        if let check = checkByte {
            let expected = bytes[1..<check.offset].reduce(0, ^)
            add(
                "TCK",
                [
                    check.value == expected
                        ? "right: the exclusive or of T0 to TCK is 0" : "wrong: it should be \(hexadecimal(expected))"
                ])
        }
        while explained.count < bytes.count { add("extra", ["more than T0 and the interface bytes announce"]) }
        return explained
    }

    /// TCK, where it is needed and present.
    public var checkByte: (offset: Int, value: UInt8)? {
        let end = historicalRange.upperBound
        return Self.needsCheckByte(levels) && end < bytes.count ? (end, bytes[end]) : nil
    }

    /// Y as text: which interface bytes follow on `level`.
    private static func announcement(_ presence: UInt8, level: Int) -> String {
        let names = ["TA", "TB", "TC", "TD"].enumerated().filter { presence >> $0.offset & 1 == 1 }
        if names.isEmpty { return "no interface bytes follow" }
        let list = names.map { "\($0.element)\(level)" }.joined(separator: ", ")
        return "\(list) \(names.count == 1 ? "follows" : "follow")"
    }

    private static func counted(_ count: Int, _ noun: String) -> String {
        count == 0 ? "no \(noun)s" : "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    private static func meaning(ofProtocol number: UInt8) -> String {
        switch number {
        case 0: "T=0: bytes, half duplex"
        case 1: "T=1: blocks, half duplex"
        case 2, 3: "T=\(number): reserved for full duplex"
        case 4: "T=4: reserved for an enhanced transmission of bytes"
        case 14: "T=14: a protocol that ISO does not standardize"
        case 15: "T=15: no protocol, global interface bytes follow"
        default: "T=\(number): reserved for future use"
        }
    }
}

extension AnswerToReset.Convention {
    var meaning: String {
        switch self {
        case .direct: "direct convention: a high level is 1, the least significant bit comes first"
        case .inverse: "inverse convention: a high level is 0, the most significant bit comes first"
        }
    }
}

/// Two digits.
func hexadecimal(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
}
