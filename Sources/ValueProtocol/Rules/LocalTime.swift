extension SupplyRules {
    /// A minute of local time.
    public struct LocalTime: Sendable, Hashable {
        /// Local days since 1970-01-01.
        public let dayNumber: Int
        /// Of the local day, 0 to 1439.
        public let minute: Int
        /// Whether summer time is in force; it tells an hour that is repeated from its repetition.
        public let isSummer: Bool

        public var date: CivilDate { CivilDate(dayNumber: dayNumber) }
        /// 0 is Monday, 6 Sunday.
        public var weekday: Int { (dayNumber + 3).modulo(7) }
        /// Local minutes since 1970-01-01 00:00.
        public var minuteNumber: Int { dayNumber * 1440 + minute }
    }

    /// Local time at a moment.
    public func localTime(at time: Timestamp) -> LocalTime { (zone ?? .utc).stretch(at: time).localTime(at: time) }
}

/// A stretch of time in which local time runs on without a jump.
struct LocalStretch: Sendable, Hashable {
    /// Minutes by which local time is ahead of UTC.
    let ahead: Int
    let isSummer: Bool
    /// Seconds since 1970-01-01 UTC.
    let range: Range<Int>

    func localTime(at time: Timestamp) -> SupplyRules.LocalTime {
        // Offsets are whole minutes, so seconds within the minute are the same in UTC.
        let minutes = Int(time.rawValue) / 60 + ahead
        let dayNumber = minutes.quotient(1440)
        return SupplyRules.LocalTime(dayNumber: dayNumber, minute: minutes - dayNumber * 1440, isSummer: isSummer)
    }

    /// The moment in seconds since 1970-01-01 UTC at which local time is, or would be, this minute.
    func seconds(ofLocalMinute minute: Int) -> Int { (minute - ahead) * 60 }
}

extension SupplyRules.Zone {
    /// Local time is UTC.
    static let utc = SupplyRules.Zone(offset: 0)

    /// What contains `time`. It may end without a jump, at the end of a year of standard time.
    ///
    /// Both moments are of the year of standard time. Where they are one moment in some year, as the 4th and the last
    /// Sunday of a February can be, that whole year is summer.
    func stretch(at time: Timestamp) -> LocalStretch {
        let standard = Int(offset)
        guard let summer else {
            return LocalStretch(ahead: standard, isSummer: false, range: Int.min..<Int.max)
        }
        let now = Int(time.rawValue) / 60 + standard
        let year = CivilDate(dayNumber: now.quotient(1440)).year
        let (first, last) = (summer.first.minute(of: year), summer.last.minute(of: year))
        let isSummer = first < last ? first <= now && now < last : first <= now || now < last
        var (begin, end) = (
            SupplyRules.YearlyMoment.firstMinute(of: year), SupplyRules.YearlyMoment.firstMinute(of: year + 1)
        )
        for moment in [first, last] {
            if moment <= now { begin = max(begin, moment) } else { end = min(end, moment) }
        }
        return LocalStretch(
            ahead: standard + (isSummer ? Int(summer.shift) : 0), isSummer: isSummer,
            range: (begin - standard) * 60..<(end - standard) * 60)
    }
}

extension SupplyRules.YearlyMoment {
    /// Minutes since 1970-01-01 00:00 of standard time.
    func minute(of year: Int) -> Int {
        let firstOfMonth = Self.dayNumber(year, Int(month))
        let firstOfNext = month == 12 ? Self.dayNumber(year + 1, 1) : Self.dayNumber(year, Int(month) + 1)
        // Day number 4 is a Monday.
        var day = firstOfMonth + (Int(weekday) + 4 - firstOfMonth).modulo(7)
        day += 7 * (week < 5 ? Int(week) - 1 : (firstOfNext - 1 - day) / 7)
        return day * 1440 + Int(minute)
    }

    static func firstMinute(of year: Int) -> Int { dayNumber(year, 1) * 1440 }

    private static func dayNumber(_ year: Int, _ month: Int) -> Int {
        guard let date = CivilDate(year: year, month: month, day: 1) else {
            preconditionFailure("every month has a first day")
        }
        return date.dayNumber
    }
}

extension Int {
    /// Rounded down; `divisor` is positive.
    func quotient(_ divisor: Int) -> Int { self >= 0 ? self / divisor : (self - divisor + 1) / divisor }
    /// 0 to `divisor` − 1; `divisor` is positive.
    func modulo(_ divisor: Int) -> Int { self - quotient(divisor) * divisor }
}
