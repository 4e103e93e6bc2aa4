import Foundation
import Testing
import ValueProtocol

@Suite struct TimestampTests {
    @Test func `dates are the calendar's`() throws {
        let calendar = ISO8601DateFormatter()
        var seconds: UInt64 = 0
        while seconds <= UInt64(UInt32.max) {
            let time = Timestamp(rawValue: UInt32(seconds))
            #expect(time.dateTime == calendar.string(from: Date(timeIntervalSince1970: Double(seconds))))
            seconds += 3_999_971
        }
        #expect(Timestamp(rawValue: .max).dateTime == "2106-02-07T06:28:15Z")
        #expect(Timestamp(rawValue: 1_709_164_800).dateTime == "2024-02-29T00:00:00Z")
    }

    @Test(arguments: [
        ("2026-12-01T00:00Z", 1_796_083_200), ("2024-02-29T23:59Z", 1_709_251_140), ("1970-01-01T00:00:00Z", 0),
        ("2106-02-07T06:28:15Z", UInt32.max),
    ])
    func `a date and time of day is parsed`(text: String, seconds: UInt32) {
        #expect(Timestamp(dateTime: text) == Timestamp(rawValue: seconds))
    }

    @Test(arguments: [
        "", "now", "2026-12-01", "2026-12-01T00:00", "2026-12-01 00:00Z", "2026-12-01T00:00Z ", "2026-1-01T00:00Z",
        "2026-02-29T00:00Z", "2026-13-01T00:00Z", "2026-12-00T00:00Z", "2026-12-01T24:00Z", "2026-12-01T00:60Z",
        "2026-12-01T00:00:60Z", "1969-12-31T23:59Z", "2106-02-07T06:28:16Z", "+026-12-01T00:00Z", "٢026-12-01T00:00Z",
    ])
    func `what is not a date and time of day is refused`(text: String) {
        #expect(Timestamp(dateTime: text) == nil)
    }

    @Test func `a time is parsed as it is written`() {
        for seconds in stride(from: 0, through: UInt32.max, by: 39_999_971) {
            let time = Timestamp(rawValue: seconds)
            #expect(Timestamp(dateTime: time.dateTime) == time)
            let date = CivilDate(dayNumber: Int(seconds) / 86_400)
            #expect(CivilDate(date.description) == date)
        }
        #expect(CivilDate("2026-02-29") == nil)
        #expect(CivilDate("26-02-28") == nil)
    }
}
