import RandomRules
import TestSupport
import Testing
import ValueProtocol

@Suite struct TariffScheduleTests {
    /// A moment in UTC.
    private func time(_ text: String) throws -> Timestamp { try #require(Timestamp(dateTime: text)) }

    /// Rates 1 to 4 at 100, 200, 300 and 400 %; profile n has rate n from 00:00 on, and rate 4 at 18:00.
    private func schedule(
        zone: SupplyRules.Zone? = nil, holidays: [SupplyRules.Holiday] = [], _ seasons: [SupplyRules.Season]
    ) throws -> TariffSchedule {
        let rules = try SupplyRules(
            id: 1, effective: Timestamp(rawValue: 0), currency: Currency(rawValue: 36), zone: zone, holidays: holidays,
            seasons: seasons,
            profiles: (1...3).map { number in
                SupplyRules.DayProfile(
                    number: number, entries: [.init(minute: 0, rate: number), .init(minute: 1080, rate: 4)])
            }, rates: (1...4).map { SupplyRules.Rate(number: $0, percent: UInt16($0) * 100) },
            sources: [SupplyRules.Source(channel: 0, price: Amount(rawValue: 300_000))])
        return TariffSchedule(rules)
    }

    private func season(_ month: UInt8, _ day: UInt8, _ profile: UInt8, holiday: UInt8 = 3) -> SupplyRules.Season {
        SupplyRules.Season(month: month, day: day, profiles: Array(repeating: profile, count: 7) + [holiday])
    }

    @Test func `a season lasts over the year's end until the next begins`() throws {
        let schedule = try schedule([season(4, 1, 1), season(10, 15, 2)])
        for (text, rate) in [
            ("2026-01-01T12:00Z", 2), ("2026-03-31T17:59Z", 2), ("2026-04-01T00:00Z", 1), ("2026-10-14T17:59Z", 1),
            ("2026-10-15T00:00Z", 2), ("2026-12-31T12:00Z", 2), ("2026-12-31T18:00Z", 4),
        ] as [(String, UInt8)] { #expect(schedule.period(at: try time(text)).rate == rate, "\(text)") }
    }

    /// By hand: in 2028 the season of the 29th lasts one day; in 2027 both begin on 1 March, where the later wins.
    @Test func `a season of 29 February begins on 1 March in other years`() throws {
        let both = try schedule([season(2, 29, 1), season(3, 1, 2), season(6, 1, 3)])
        let one = try schedule([season(2, 29, 1), season(6, 1, 3)])
        for (text, ofBoth, ofOne) in [
            ("2028-02-28T12:00Z", 3, 3), ("2028-02-29T12:00Z", 1, 1), ("2028-03-01T12:00Z", 2, 1),
            ("2027-02-28T12:00Z", 3, 3), ("2027-03-01T12:00Z", 2, 1), ("2100-02-28T12:00Z", 3, 3),
            ("2100-03-01T00:00Z", 2, 1),
        ] as [(String, UInt8, UInt8)] {
            #expect(both.period(at: try time(text)).rate == ofBoth, "\(text)")
            #expect(one.period(at: try time(text)).rate == ofOne, "\(text)")
        }
    }

    @Test func `a holiday on the day of a season's start has the holiday profile of that season`() throws {
        let holidays = [SupplyRules.Holiday(month: 10, day: 15), SupplyRules.Holiday(month: 10, day: 14)]
        let schedule = try schedule(holidays: holidays, [season(4, 1, 1, holiday: 3), season(10, 15, 2, holiday: 1)])
        #expect(schedule.period(at: try time("2026-10-14T12:00Z")).rate == 3)
        let start = schedule.period(at: try time("2026-10-15T12:00Z"))
        #expect(start.rate == 1 && start.isHoliday)
        #expect(schedule.period(at: try time("2026-10-16T12:00Z")).rate == 2)
    }

    /// Sydney, 5 April 2026: summer time ends at 03:00, so 02:00 to 03:00 comes twice. A profile with a switch at 02:30
    /// goes to rate 2, back to rate 1 as the hour begins again, and to rate 2 once more.
    @Test func `a rate that changes in the hour that is repeated changes three times`() throws {
        let rules = try SupplyRules(
            id: 1, effective: Timestamp(rawValue: 0), currency: Currency(rawValue: 36),
            zone: LocalTimeTests.places[0].zone,
            seasons: [season(1, 1, 1, holiday: 1)],
            profiles: [
                SupplyRules.DayProfile(number: 1, entries: [.init(minute: 0, rate: 1), .init(minute: 150, rate: 2)])
            ], rates: [SupplyRules.Rate(number: 1, percent: 100), SupplyRules.Rate(number: 2, percent: 200)],
            sources: [SupplyRules.Source(channel: 0, price: Amount(rawValue: 300_000))])
        let schedule = TariffSchedule(rules)
        // 02:00 summer time is 15:00 UTC of the day before; standard time begins at 16:00 UTC.
        var period = schedule.period(at: try time("2026-04-04T15:00Z"))
        var seen: [String] = []
        for _ in 0..<4 {
            seen.append("\(period.start.dateTime) \(period.rate)")
            period = schedule.period(at: period.end)
        }
        #expect(
            seen == [
                "2026-04-04T13:00:00Z 1", "2026-04-04T15:30:00Z 2",
                "2026-04-04T16:00:00Z 1", "2026-04-04T16:30:00Z 2",
            ])
    }

    /// Newfoundland, 8 March 2026: 02:00 becomes 03:00 at 05:30 UTC. A switch at 02:30 applies from 03:00 on.
    @Test func `a switch in the hour that is skipped applies at its end`() throws {
        let rules = try SupplyRules(
            id: 1, effective: Timestamp(rawValue: 0), currency: Currency(rawValue: 124),
            zone: LocalTimeTests.places[1].zone,
            seasons: [season(1, 1, 1, holiday: 1)],
            profiles: [
                SupplyRules.DayProfile(number: 1, entries: [.init(minute: 0, rate: 1), .init(minute: 150, rate: 2)])
            ], rates: [SupplyRules.Rate(number: 1, percent: 100), SupplyRules.Rate(number: 2, percent: 200)],
            sources: [SupplyRules.Source(channel: 0, price: Amount(rawValue: 300_000))])
        let schedule = TariffSchedule(rules)
        let before = schedule.period(at: try time("2026-03-08T05:29:59Z"))
        #expect(try before.rate == 1 && before.end == time("2026-03-08T05:30Z"))
        let after = schedule.period(at: before.end)
        #expect(try after.rate == 2 && after.end == time("2026-03-09T02:30Z"))
    }

    @Test func `without seasons every hour is rate 1 at 100 %`() throws {
        let rules = try SupplyRules(
            id: 1, effective: Timestamp(rawValue: 0), currency: Currency(rawValue: 36),
            rates: [SupplyRules.Rate(number: 1, percent: 50)],
            sources: [SupplyRules.Source(channel: 0, price: Amount(rawValue: 300_000))])
        let period = TariffSchedule(rules).period(at: try time("2026-04-04T15:00Z"))
        #expect(period.rate == 1 && period.percent == 100)
        #expect(try period.start == time("2026-04-04T00:00Z") && period.end == time("2026-04-05T00:00Z"))
    }

    /// Whatever moment is asked for, a period says the same of itself, and the next begins where it ends.
    @Test func `periods follow one another without a gap`() {
        var random = SeededGenerator(seed: 12)
        for _ in 0..<60 {
            let rules = SupplyRules.any(using: &random)
            let (schedule, friendly) = (TariffSchedule(rules), FriendlySchedule(rules))
            var time = Timestamp(rawValue: .random(in: 1_767_225_600...1_900_000_000, using: &random))
            for _ in 0..<100 {
                let period = schedule.period(at: time)
                #expect(period.contains(time) && period.start < period.end)
                for inside in [
                    period.start.rawValue, period.end.rawValue - 1,
                    .random(in: period.start.rawValue..<period.end.rawValue, using: &random),
                ] {
                    #expect(schedule.period(at: Timestamp(rawValue: inside)) == period, "\(inside)")
                    let local = rules.localTime(at: Timestamp(rawValue: inside))
                    #expect(local.dayNumber == period.dayNumber)
                    let window = friendly.period(at: Timestamp(rawValue: inside))
                    #expect(friendly.period(at: window.start) == window)
                    #expect(friendly.period(at: Timestamp(rawValue: window.end.rawValue - 1)) == window)
                }
                time = period.end
            }
        }
    }

    @Test func `the first and the last second are in periods`() {
        var random = SeededGenerator(seed: 13)
        for _ in 0..<100 {
            let schedule = TariffSchedule(SupplyRules.any(using: &random))
            #expect(schedule.period(at: Timestamp(rawValue: 0)).start.rawValue == 0)
            #expect(schedule.period(at: Timestamp(rawValue: .max)).end.rawValue == .max)
        }
    }

    @Test func `the next change is the first period with another rate`() throws {
        let changing = try schedule([season(4, 1, 1), season(10, 15, 2)])
        let next = try #require(changing.nextChange(after: time("2026-10-14T20:00Z")))
        #expect(try next.start == time("2026-10-15T00:00Z") && next.rate == 2)
        let flat = try SupplyRules(
            id: 1, effective: Timestamp(rawValue: 0), currency: Currency(rawValue: 36),
            sources: [SupplyRules.Source(channel: 0, price: Amount(rawValue: 300_000))])
        #expect(TariffSchedule(flat).nextChange(after: try time("2026-10-14T20:00Z")) == nil)
    }

    /// At every minute of a week, with holidays and offsets, what the table itself says.
    @Test func `a table has the percentages that it says`() throws {
        var random = SeededGenerator(seed: 14)
        for _ in 0..<20 {
            let entries = (0..<Int.random(in: 0...12, using: &random)).compactMap { _ in
                TariffTable.Entry(
                    days: .random(in: 1...127, using: &random), minute: .random(in: 0...1439, using: &random),
                    percent: .random(in: 0...1000, using: &random))
            }
            let table = try #require(
                TariffTable(id: 1, price: Amount(rawValue: 9), currency: Currency(rawValue: 410), entries: entries))
            let offset = Int16.random(in: -840...840, using: &random)
            let calendar = SupplyCalendar(zone: SupplyRules.Zone(offset: offset), holidays: [])
            let schedule = TariffSchedule(table, calendar: calendar)
            for minute in stride(from: 0, to: 7 * 1440, by: 7) {
                let time = Timestamp(rawValue: 1_767_225_600 + UInt32(minute) * 60)
                let period = schedule.period(at: time)
                #expect(period.percent == table.percent(at: time, offset: Int(offset)) && period.rate == 1)
            }
        }
    }
}
