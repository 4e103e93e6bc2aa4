/// The registers of a meter as earlier versions wrote them, made from a record of today.
enum OlderRegisters {
    /// Version 8 added the registers of rates, the month's use, what was paid, and the limit at the end, and tells the
    /// remainder in parts a hundred times larger.
    static func version7(_ record: [UInt8]) -> [UInt8] {
        let channels = 2 + 32 * Int(record[1])
        var older = Array(record.prefix(channels + 300))
        let place = channels + 6 * 8
        let remainder = older[place..<place + 8].reduce(0 as UInt64) { $0 << 8 | UInt64($1) } * 100
        older.replaceSubrange(place..<place + 8, with: withUnsafeBytes(of: remainder.bigEndian, Array.init))
        older[0] = 7
        return older
    }

    /// Version 7 has what was reported of repaid debt where the debt was: after version, count, the channels' 32 bytes each,
    /// and four amounts.
    static func version6(_ record: [UInt8], owing debt: UInt64) -> [UInt8] {
        var older = version7(record)
        let place = 2 + 32 * Int(record[1]) + 4 * 8
        older.replaceSubrange(place..<place + 8, with: withUnsafeBytes(of: debt.bigEndian, Array.init))
        older[0] = 6
        return older
    }

    /// Version 6 added the open quarter hour and the two of energy given back, of 24 bytes each, before the last fields.
    static func version5(_ record: [UInt8]) -> [UInt8] {
        let later = version7(record)
        return [5] + later.dropFirst().dropLast(11 + 3 * 24) + later.suffix(11)
    }

    /// Version 5 added what was received, the reason and the channels' bits at the end.
    static func version4(_ record: [UInt8]) -> [UInt8] { [4] + version5(record).dropFirst().dropLast(11) }
}
