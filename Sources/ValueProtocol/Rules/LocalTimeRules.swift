extension SupplyRules {
    /// The time zone (object `83`): local time is UTC + `offset`, and `shift` more while it is summer.
    public struct Zone: Sendable, Hashable {
        /// Minutes by which standard time is ahead of UTC, −840 to 840.
        public var offset: Int16
        public var summer: SummerTime?

        /// - Parameters:
        ///   - offset: minutes ahead of UTC, −840 to 840.
        ///   - summer: nil where clocks are not changed.
        public init(offset: Int16, summer: SummerTime? = nil) {
            self.offset = offset
            self.summer = summer
        }
    }

    /// Summer time: from its first moment of each year up to its last, over the year's end where that is earlier.
    public struct SummerTime: Sendable, Hashable {
        /// Minutes by which summer time is ahead of standard time, −180 to 180.
        public var shift: Int16
        public var first: YearlyMoment
        /// The first moment of standard time again; another than `first`.
        public var last: YearlyMoment

        /// - Parameters:
        ///   - shift: minutes ahead of standard time, −180 to 180.
        ///   - first: when clocks are set on.
        ///   - last: when clocks are set back.
        public init(shift: Int16, first: YearlyMoment, last: YearlyMoment) {
            self.shift = shift
            self.first = first
            self.last = last
        }
    }

    /// A minute of a weekday of a month, in standard time: 02:00 on the last Sunday of March.
    public struct YearlyMoment: Sendable, Hashable {
        /// 1 to 12.
        public var month: UInt8
        /// Which of the month's such weekdays: 1 to 4, and 5 for the last.
        public var week: UInt8
        /// 0 is Monday, 6 Sunday.
        public var weekday: UInt8
        /// Of the day in standard time, 0 to 1439.
        public var minute: UInt16

        /// - Parameters:
        ///   - month: 1 to 12.
        ///   - week: 1 to 4, or 5 for the last.
        ///   - weekday: 0 for Monday to 6 for Sunday.
        ///   - minute: of the day in standard time, 0 to 1439.
        public init(month: UInt8, week: UInt8, weekday: UInt8, minute: UInt16) {
            self.month = month
            self.week = week
            self.weekday = weekday
            self.minute = minute
        }
    }

    /// A holiday (of object `84`): in one year, or every year.
    public struct Holiday: Sendable, Hashable {
        /// 1 to 12.
        public var month: UInt8
        /// 1 to 31. 29 February every year is a holiday in leap years only.
        public var day: UInt8
        /// Nil: every year.
        public var year: UInt16?

        /// - Parameters:
        ///   - month: 1 to 12.
        ///   - day: of the month; the date has to exist.
        ///   - year: above 0; nil for every year.
        public init(month: UInt8, day: UInt8, year: UInt16? = nil) {
            self.month = month
            self.day = day
            self.year = year
        }
    }
}
