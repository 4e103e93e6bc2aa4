public import ValueProtocol

/// A meter's local time: UTC and an offset, and the holidays.
public struct LocalCalendar: Sendable, Hashable {
    /// Minutes by which local time is ahead of UTC.
    public var offset: Int16
    public var holidays: Set<Holiday>

    /// A day with a holiday's rates and friendly credit.
    public enum Holiday: Sendable, Hashable {
        /// Every year.
        case yearly(month: Int, day: Int)
        /// Once.
        case once(CivilDate)
    }

    /// - Parameters:
    ///   - offset: minutes ahead of UTC.
    ///   - holidays: of the supplier.
    public init(offset: Int16 = 0, holidays: Set<Holiday> = []) {
        self.offset = offset
        self.holidays = holidays
    }

    /// A moment in local time.
    public struct Moment: Sendable, Hashable {
        /// Local days since 1970-01-01.
        public let dayNumber: Int
        /// 0 to 1439.
        public let minute: Int
        public let isHoliday: Bool

        /// 0 is Monday.
        public var weekday: Int { (((dayNumber + 3) % 7) + 7) % 7 }
        /// The weekday that determines rates: a holiday counts as a Sunday.
        public var rateDay: Int { isHoliday ? 6 : weekday }
    }

    /// - Parameter time: UTC.
    public func moment(at time: Timestamp) -> Moment {
        let (dayNumber, minute) = local(time)
        return Moment(dayNumber: dayNumber, minute: minute, isHoliday: isHoliday(dayNumber))
    }

    private func local(_ time: Timestamp) -> (dayNumber: Int, minute: Int) {
        let minutes = Int(time.rawValue) / 60 + Int(offset)
        let dayNumber = minutes >= 0 ? minutes / 1440 : (minutes - 1439) / 1440
        return (dayNumber, minutes - dayNumber * 1440)
    }

    private func isHoliday(_ dayNumber: Int) -> Bool {
        guard !holidays.isEmpty else { return false }
        let date = CivilDate(dayNumber: dayNumber)
        return holidays.contains(.yearly(month: date.month, day: date.day)) || holidays.contains(.once(date))
    }

    // MARK: Periods

    /// Start and end, in UTC, of the period of `series` that contains `time`; a start before 1970 is set to its
    /// beginning.
    ///
    /// - Parameters:
    ///   - series: quarter hours, hours, days, weeks from Monday, or months.
    ///   - time: UTC.
    public func period(_ series: UsageSeries, at time: Timestamp) -> Range<Timestamp> {
        let (dayNumber, minute) = local(time)
        switch series {
        case .hours, .hoursGivenBack, .quarterHours, .quarterHoursGivenBack:
            let length = series == .hours || series == .hoursGivenBack ? 60 : 15
            let start = dayNumber * 1440 + minute / length * length
            return utc(start)..<utc(start + length)
        case .weeks:
            let monday = dayNumber - (((dayNumber + 3) % 7) + 7) % 7
            return utc(monday * 1440)..<utc((monday + 7) * 1440)
        case .months:
            let date = CivilDate(dayNumber: dayNumber)
            let first = dayNumber - date.day + 1
            // 31 days after the first of a month is always in the next month.
            let next = first + 31 - (CivilDate(dayNumber: first + 31).day - 1)
            return utc(first * 1440)..<utc(next * 1440)
        default: return utc(dayNumber * 1440)..<utc((dayNumber + 1) * 1440)
        }
    }

    private func utc(_ minute: Int) -> Timestamp { Timestamp(rawValue: UInt32(clamping: (minute - Int(offset)) * 60)) }
}

extension TariffTable {
    /// The percentage of the price at a local moment; a holiday counts as a Sunday.
    func percent(at moment: LocalCalendar.Moment) -> UInt16 {
        // The table is looked up at that weekday and minute in the week of 1970-01-05, a Monday.
        percent(at: Timestamp(rawValue: UInt32((4 + moment.rateDay) * 86_400 + moment.minute * 60)))
    }
}
