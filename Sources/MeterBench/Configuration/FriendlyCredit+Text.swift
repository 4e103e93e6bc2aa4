public import Meter
internal import ValueProtocol

extension FriendlyCredit.Window {
    /// Parses a window: days, and the times of day: `daily@22:00-06:00`, `sat,sun@00:00-24:00`, `holidays@00:00-24:00`.
    ///
    /// - Returns: nil if the text is not a window.
    public init?(parsing text: some StringProtocol) {
        let parts = text.lowercased().split(separator: "@", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        let times = parts[1].split(separator: "-", omittingEmptySubsequences: false).map {
            TimeOfDay.minute(of: $0)
        }
        guard times.count == 2, let from = times[0], let to = times[1] else { return nil }
        let names = parts[0].split(separator: ",", omittingEmptySubsequences: false)
        var days: UInt8 = 0
        for name in names {
            guard let bits = name == "holidays" ? Self.holidays : Weekdays.bits(of: name) else { return nil }
            days |= bits
        }
        self.init(days: days, from: from, to: to)
    }
}
