/// The zone of a time in a log.
enum LogZone {
    /// Names that mean the same everywhere, and minutes east of UTC; `CST`, `IST`, `BST` and the like have several
    /// meanings.
    private static let minutes: [String: Int64] = [
        "Z": 0, "z": 0, "UTC": 0, "GMT": 0, "UT": 0, "WET": 0, "WEST": 60, "CET": 60, "CEST": 120, "EET": 120,
        "EEST": 180,
    ]

    /// Nanoseconds east of UTC: `Z`, `UTC`, `CEST`, `+0200`, `+02:00`, `+02`, `UTC+2`; nil for anything else.
    static func nanosecondsEast(_ text: Substring?) -> Int64? {
        guard let text else { return nil }
        // `…Z:`, `(UTC)`, `…+02:00]`.
        let word = text.drop { "([".contains($0) }
        let end = word.lastIndex { !":,;)]".contains($0) }
        let zone = end.map { word[...$0] } ?? word
        if let known = minutes[String(zone)] { return known * 60_000_000_000 }
        for name in ["UTC", "GMT"] where zone.hasPrefix(name) { return offset(zone.dropFirst(3)) }
        return offset(zone)
    }

    /// `+0200`, `+02:00`, `+02` and `+2`.
    private static func offset(_ text: Substring) -> Int64? {
        // RFC 9557 and many programs also write the minus sign of typography.
        guard let sign = text.first, sign == "+" || sign == "-" || sign == "\u{2212}" else { return nil }
        let parts = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        let digits = parts.map { $0.utf8.count }
        guard digits == [4] || digits == [2, 2] || digits == [2] || digits == [1] else { return nil }
        let joined = parts.joined()
        guard joined.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(joined) else { return nil }
        let (hours, minutes) = joined.utf8.count > 2 ? (number / 100, number % 100) : (number, 0)
        // From -12 to +14 are in use.
        guard hours <= 14, minutes < 60 else { return nil }
        return (sign == "+" ? 1 : -1) * (hours * 60 + minutes) * 60_000_000_000
    }
}
