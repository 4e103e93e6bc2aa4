/// The registers of a meter as earlier versions wrote them, made from a record of today.
enum OlderRegisters {
    /// Version 7 has what was reported of repaid debt where the debt was: after version, count, the channels' 32 bytes each,
    /// and four amounts.
    static func version6(_ record: [UInt8], owing debt: UInt64) -> [UInt8] {
        var older = record
        let place = 2 + 32 * Int(record[1]) + 4 * 8
        older.replaceSubrange(place..<place + 8, with: withUnsafeBytes(of: debt.bigEndian, Array.init))
        older[0] = 6
        return older
    }

    /// Version 6 added the open quarter hour and the two of energy given back, of 24 bytes each, before the last fields.
    static func version5(_ record: [UInt8]) -> [UInt8] {
        [5] + record.dropFirst().dropLast(11 + 3 * 24) + record.suffix(11)
    }

    /// Version 5 added what was received, the reason and the channels' bits at the end.
    static func version4(_ record: [UInt8]) -> [UInt8] { [4] + version5(record).dropFirst().dropLast(11) }
}
