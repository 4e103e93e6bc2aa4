import Foundation
import Meter
import Testing
import ValueProtocol

@Suite struct CalendarTests {
    static func utc(_ year: Int, _ month: Int, _ day: Int, _ hour: Int = 0, _ minute: Int = 0) throws -> Timestamp {
        let date = try #require(CivilDate(year: year, month: month, day: day))
        return Timestamp(rawValue: UInt32(date.dayNumber * 86_400 + hour * 3600 + minute * 60))
    }

    /// Foundation's calendar is an independent implementation.
    @Test func `dates are those of Foundation`() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        for number in stride(from: 0, to: 49_000, by: 13) {
            let date = CivilDate(dayNumber: number)
            let parts = calendar.dateComponents(
                [.year, .month, .day, .weekday], from: Date(timeIntervalSince1970: Double(number) * 86_400))
            #expect(date.year == parts.year && date.month == parts.month && date.day == parts.day)
            #expect(date.dayNumber == number)
            let moment = LocalCalendar().moment(at: Timestamp(rawValue: UInt32(number * 86_400)))
            #expect(moment.weekday == (try #require(parts.weekday) + 5) % 7)
        }
    }

    @Test func `there is no thirtieth of February`() {
        #expect(CivilDate(year: 2026, month: 2, day: 29) == nil)
        #expect(CivilDate(year: 2028, month: 2, day: 29)?.description == "2028-02-29")
        #expect(CivilDate(year: 2100, month: 2, day: 29) == nil)
        #expect(CivilDate(year: 2026, month: 13, day: 1) == nil)
    }

    @Test(arguments: [-720, -90, 0, 60, 345, 840])
    func `periods follow one another without a gap`(offset: Int) throws {
        let calendar = LocalCalendar(offset: Int16(offset))
        for series in [UsageSeries.hours, .days, .weeks, .months] {
            var time = try Self.utc(2027, 12, 20)
            for _ in 0..<60 {
                let period = calendar.period(series, at: time)
                #expect(period.contains(time))
                #expect(calendar.period(series, at: Timestamp(rawValue: period.upperBound.rawValue - 1)) == period)
                #expect(calendar.period(series, at: period.upperBound).lowerBound == period.upperBound)
                let start = calendar.moment(at: period.lowerBound)
                #expect(start.minute % 60 == 0)
                if series != .hours { #expect(start.minute == 0) }
                if series == .weeks { #expect(start.weekday == 0) }
                if series == .months { #expect(CivilDate(dayNumber: start.dayNumber).day == 1) }
                time = period.upperBound
            }
        }
    }

    @Test func `a window says what is out of range`() {
        #expect(FriendlyCredit.Window(days: 0, from: 0, to: 1) == nil)
        #expect(FriendlyCredit.Window(days: 1, from: 1440, to: 1) == nil)
        #expect(FriendlyCredit.Window(days: 1, from: 0, to: 0) == nil)
        #expect(FriendlyCredit.Window(days: 1, from: 0, to: 1440) != nil)
    }
}
