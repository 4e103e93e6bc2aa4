extension SupplyRules {
    /// A season (object `A5`): from its first day until the next season begins, over the year's end too.
    public struct Season: Sendable, Hashable {
        /// On which it begins, 1 to 12.
        public var month: UInt8
        /// On which it begins; a season of 29 February begins on 1 March in other years.
        public var day: UInt8
        /// The numbers of eight day profiles: Monday to Sunday, and holidays.
        public var profiles: [UInt8]

        /// The index in `profiles` of that of holidays.
        public static let holiday = 7

        /// - Parameters:
        ///   - month: 1 to 12.
        ///   - day: of the month; the date has to exist in leap years.
        ///   - profiles: the numbers of eight day profiles, from Monday to Sunday and then for holidays.
        public init(month: UInt8, day: UInt8, profiles: [UInt8]) {
            self.month = month
            self.day = day
            self.profiles = profiles
        }
    }

    /// A day profile (object `A6`): which rate applies from which minute of a day on.
    public struct DayProfile: Sendable, Hashable {
        public var number: UInt8
        /// At least one; ascending, the first at minute 0.
        public var entries: [Entry]

        /// From `minute` on, `rate` applies.
        public struct Entry: Sendable, Hashable {
            /// Of the local day, 0 to 1439.
            public var minute: UInt16
            /// The number of a rate.
            public var rate: UInt8

            /// - Parameters:
            ///   - minute: of the local day, 0 to 1439.
            ///   - rate: the number of one of the rates.
            public init(minute: UInt16, rate: UInt8) {
                self.minute = minute
                self.rate = rate
            }
        }

        /// - Parameters:
        ///   - number: that no other profile has.
        ///   - entries: ascending by minute, the first at minute 0.
        public init(number: UInt8, entries: [Entry]) {
            self.number = number
            self.entries = entries
        }
    }

    /// A rate (object `A7`). A meter keeps a register of quantity and money for each.
    public struct Rate: Sendable, Hashable {
        /// 1 to 16.
        public var number: UInt8
        /// Of the source's price, 0 to 1000.
        public var percent: UInt16

        /// - Parameters:
        ///   - number: 1 to 16, that no other rate has.
        ///   - percent: of the source's price, 0 to 1000.
        public init(number: UInt8, percent: UInt16) {
            self.number = number
            self.percent = percent
        }
    }
}
