/// Days of the week in text form: `daily`, `mon-fri`, `sat,sun`.
package enum Weekdays {
    private static let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// One bit per weekday, Monday lowest; nil for any other text.
    package static func bits(of text: some StringProtocol) -> UInt8? {
        if text == "daily" { return 0x7F }
        var bits: UInt8 = 0
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map {
                names.firstIndex(of: String($0))
            }
            guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last
            else { return nil }
            for day in first...last { bits |= 1 << UInt8(day) }
        }
        return bits
    }
}

/// A time of day in text form: `07:00`, `7:00`, `24:00`.
package enum TimeOfDay {
    /// Minutes since midnight, 0 to 1440; nil for any other text.
    package static func minute(of text: some StringProtocol) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2,
            parts.allSatisfy({ (1...2).contains($0.utf8.count) && $0.allSatisfy(\.isASCIIDigit) }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60, hour * 60 + minute <= 1440
        else { return nil }
        return hour * 60 + minute
    }
}

extension Character {
    var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
