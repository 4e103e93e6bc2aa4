/// Which rate applies when: seasons, day profiles, holidays and local time of rules, or of a tariff table, in a form in
/// which they are looked up quickly.
///
/// A meter keeps the ``RatePeriod`` of now and asks again once it has passed; so does a host that prices a year.
public struct TariffSchedule: Sendable, Hashable {
    public let calendar: SupplyCalendar
    /// In ascending order; none: rate 1 at 100 %.
    private let seasons: [Season]
    private let profiles: [[Switch]]

    private struct Season: Hashable {
        let month: Int
        let day: Int
        /// Eight indices: Monday to Sunday, holiday.
        let profiles: [Int]
    }

    /// From `minute` on, `rate` at `percent` applies.
    private struct Switch: Hashable {
        let minute: Int
        let rate: UInt8
        let percent: UInt16
    }

    /// Of rules.
    public init(_ rules: SupplyRules) {
        calendar = SupplyCalendar(rules)
        let percents = Dictionary(uniqueKeysWithValues: rules.rates.map { ($0.number, $0.percent) })
        let indices = Dictionary(uniqueKeysWithValues: rules.profiles.enumerated().map { ($1.number, $0) })
        profiles = rules.profiles.map { profile in
            profile.entries.map { entry in
                guard let percent = percents[entry.rate] else { preconditionFailure("rules name only their rates") }
                return Switch(minute: Int(entry.minute), rate: entry.rate, percent: percent)
            }
        }
        seasons = rules.seasons.map { season in
            Season(
                month: Int(season.month), day: Int(season.day),
                profiles: season.profiles.map { number in
                    guard let index = indices[number] else { preconditionFailure("rules name only their profiles") }
                    return index
                })
        }
    }

    /// Of a tariff table: one season all year, whose holidays are Sundays; the register is 1.
    ///
    /// - Parameters:
    ///   - table: prices by weekday and minute.
    ///   - calendar: the meter's configured offset and holidays, which a table does not bring (protocol §5).
    public init(_ table: TariffTable, calendar: SupplyCalendar) {
        self.calendar = calendar
        let days = (0..<7).map { day in
            let bit = 1 << UInt8(day) as UInt8
            let minutes = Set(table.entries.filter { $0.days & bit != 0 }.map { Int($0.minute) } + [0])
            return minutes.sorted().map { minute in
                // 1970-01-05 was a Monday.
                let time = Timestamp(rawValue: UInt32((4 + day) * 86_400 + minute * 60))
                return Switch(minute: minute, rate: 1, percent: table.percent(at: time))
            }
        }
        profiles = days
        seasons = [Season(month: 1, day: 1, profiles: [0, 1, 2, 3, 4, 5, 6, 6])]
    }

    /// The period that contains `time`.
    public func period(at time: Timestamp) -> RatePeriod {
        let stretch = calendar.stretch(at: time)
        let local = stretch.localTime(at: time)
        let isHoliday = calendar.isHoliday(dayNumber: local.dayNumber)
        let midnight = local.dayNumber * 1440
        var (start, end) = (0, 1440)
        var (rate, percent): (UInt8, UInt16) = (1, 100)
        if let season = season(of: local.date) {
            let switches = profiles[season.profiles[isHoliday ? SupplyRules.Season.holiday : local.weekday]]
            // The first is at minute 0.
            let next = switches.firstIndex { $0.minute > local.minute } ?? switches.count
            let current = switches[next - 1]
            start = current.minute
            if next < switches.count { end = switches[next].minute }
            (rate, percent) = (current.rate, current.percent)
        }
        return RatePeriod(
            start: Timestamp(clamping: max(stretch.range.lowerBound, stretch.seconds(ofLocalMinute: midnight + start))),
            end: Timestamp(clamping: min(stretch.range.upperBound, stretch.seconds(ofLocalMinute: midnight + end))),
            dayNumber: local.dayNumber, isHoliday: isHoliday, rate: rate, percent: percent)
    }

    /// The first period after that of `time` with another rate or percentage; nil if there is none.
    ///
    /// It looks day by day, so ask for it when a person wants to see it.
    public func nextChange(after time: Timestamp) -> RatePeriod? {
        let now = period(at: time)
        var next = now
        repeat {
            guard next.end != Timestamp(rawValue: .max) else { return nil }
            next = period(at: next.end)
        } while next.rate == now.rate && next.percent == now.percent
        return next
    }

    /// The one whose beginning came last.
    private func season(of date: CivilDate) -> Season? {
        let isLeap = date.year.isMultiple(of: 4) && (!date.year.isMultiple(of: 100) || date.year.isMultiple(of: 400))
        return seasons.last { season in
            // 29 February is 1 March in other years.
            let begin = season.month == 2 && season.day == 29 && !isLeap ? (3, 1) : (season.month, season.day)
            return begin <= (date.month, date.day)
        } ?? seasons.last
    }
}

extension Timestamp {
    /// Seconds since 1970-01-01 UTC; the nearest time there is for one outside 1970 to 2106.
    init(clamping seconds: Int) { self.init(rawValue: UInt32(clamping: seconds)) }
}
