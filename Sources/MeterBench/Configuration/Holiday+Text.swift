public import Meter
internal import ValueProtocol

extension LocalCalendar.Holiday {
    /// Parses a holiday: `2026-12-25`, or `12-25` for every year.
    ///
    /// - Returns: nil if the text is not a date.
    public init?(parsing text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard !parts.contains(nil), let day = parts.last ?? nil, parts.count >= 2, let month = parts[parts.count - 2],
            // 29 February is a date in some years.
            CivilDate(year: 2000, month: month, day: day) != nil
        else { return nil }
        switch parts.count {
        case 2: self = .yearly(month: month, day: day)
        case 3:
            guard let year = parts[0], let date = CivilDate(year: year, month: month, day: day) else { return nil }
            self = .once(date)
        default: return nil
        }
    }
}
