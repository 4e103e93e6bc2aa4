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
}
