/// When supply goes on without value, as debt: friendly times of rules (protocol §10, object `AC`).
public struct FriendlySchedule: Sendable, Hashable {
    private let calendar: SupplyCalendar
    private let times: [SupplyRules.FriendlyTime]

    /// Of rules; never, if they have none.
    public init(_ rules: SupplyRules) {
        calendar = SupplyCalendar(rules)
        times = rules.credit?.friendlyTimes ?? []
    }

    /// A time that is friendly, or not, from beginning to end. The next may be the same.
    public struct Period: Sendable, Hashable {
        /// Its first second.
        public let start: Timestamp
        /// The first second after it; the last second that a timestamp can tell, where it is beyond that.
        public let end: Timestamp
        public let isFriendly: Bool

        public func contains(_ time: Timestamp) -> Bool { start <= time && time < end }
    }

    /// Whether a moment is friendly.
    public func isFriendly(at time: Timestamp) -> Bool { !times.isEmpty && period(at: time).isFriendly }

    /// The period that contains `time`. What crosses midnight belongs to the day on which it began.
    public func period(at time: Timestamp) -> Period {
        let stretch = calendar.stretch(at: time)
        let local = stretch.localTime(at: time)
        let today = bit(of: local.dayNumber)
        let yesterday = bit(of: local.dayNumber - 1)
        var (start, end) = (0, 1440)
        var isFriendly = false
        func edge(_ minute: Int) {
            if minute <= local.minute { start = max(start, minute) } else { end = min(end, minute) }
        }
        for time in times {
            let (from, to) = (Int(time.from), Int(time.to))
            let isOverMidnight = to <= from
            if time.days & today != 0 {
                edge(from)
                if !isOverMidnight { edge(to) }
                isFriendly = isFriendly || from <= local.minute && (isOverMidnight || local.minute < to)
            }
            if isOverMidnight, time.days & yesterday != 0 {
                edge(to)
                isFriendly = isFriendly || local.minute < to
            }
        }
        let midnight = local.dayNumber * 1440
        return Period(
            start: Timestamp(clamping: max(stretch.range.lowerBound, stretch.seconds(ofLocalMinute: midnight + start))),
            end: Timestamp(clamping: min(stretch.range.upperBound, stretch.seconds(ofLocalMinute: midnight + end))),
            isFriendly: isFriendly)
    }

    /// The bit of a local date in the days of a friendly time; a holiday is no weekday.
    private func bit(of dayNumber: Int) -> UInt8 {
        calendar.isHoliday(dayNumber: dayNumber)
            ? SupplyRules.FriendlyTime.holidays : 1 << UInt8((dayNumber + 3).modulo(7))
    }
}
