public import ValueProtocol

/// Times at which supply is not disconnected for lack of value: nights, weekends, holidays.
public struct FriendlyCredit: Sendable, Hashable {
    public var windows: [Window]

    /// From one minute of the day to another, on some days.
    public struct Window: Sendable, Hashable {
        /// One bit per weekday, Monday lowest; bit 7 is a holiday, which then does not count as a weekday.
        public let days: UInt8
        /// Of the day on which it begins, 0 to 1439.
        public let from: Int
        /// The first minute after it, 1 to 1440; if at or before `from`, it is on the next day.
        public let to: Int

        /// The bit for holidays.
        public static let holidays: UInt8 = 1 << 7
        public static let everyDay: UInt8 = 0xFF

        /// Nil if a value is out of range.
        public init?(days: UInt8, from: Int, to: Int) {
            guard days != 0, (0..<1440).contains(from), (1...1440).contains(to) else { return nil }
            self.days = days
            self.from = from
            self.to = to
        }

        fileprivate func begins(on day: LocalCalendar.Moment) -> Bool {
            days & (day.isHoliday ? Window.holidays : 1 << UInt8(day.weekday)) != 0
        }
    }

    /// - Parameter windows: none by default: supply is then disconnected whenever value ends.
    public init(windows: [Window] = []) { self.windows = windows }

    /// Whether `moment` is within a window; one that crosses midnight belongs to the day on which it began.
    ///
    /// - Parameters:
    ///   - moment: local.
    ///   - before: the previous day, of which only the day counts.
    func holds(at moment: LocalCalendar.Moment, dayBefore before: LocalCalendar.Moment) -> Bool {
        windows.contains { window in
            if window.to > window.from {
                return window.begins(on: moment) && window.from <= moment.minute && moment.minute < window.to
            }
            return window.begins(on: moment) && window.from <= moment.minute
                || window.begins(on: before) && moment.minute < window.to
        }
    }
}

extension LocalCalendar {
    /// Whether friendly credit applies.
    ///
    /// - Parameters:
    ///   - friendly: the windows.
    ///   - time: UTC.
    public func isFriendly(_ friendly: FriendlyCredit, at time: Timestamp) -> Bool {
        guard !friendly.windows.isEmpty else { return false }
        let yesterday = Timestamp(rawValue: time.rawValue < 86_400 ? 0 : time.rawValue - 86_400)
        return friendly.holds(at: moment(at: time), dayBefore: moment(at: yesterday))
    }
}
