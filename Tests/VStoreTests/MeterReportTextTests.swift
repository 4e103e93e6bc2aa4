import Analysis
import HeadEnd
import Records
import Testing
import ValueProtocol

@testable import vstore

@Suite("The text of a meter's report") struct MeterReportTextTests {
    private static let meter = PartyID(issuer: 0xA1B2C3, kind: .electricMeter, number: 0x77)
    /// 2026-01-05, a Monday, 00:00 UTC.
    private static let monday: UInt32 = 1_767_571_200

    private func use(_ hours: [UInt32], spent: UInt64 = 1_500_000) -> [UsageRecord] {
        hours.map {
            UsageRecord(
                start: Timestamp(rawValue: Self.monday + $0 * 3600), quantity: 1500, spent: Amount(rawValue: spent))
        }
    }

    private func days(_ days: some Sequence<UInt32>) -> [UsageRecord] { use(days.map { $0 * 24 }) }

    @Test func `hours and days without a record are counted and named`() throws {
        let records = MeterRecords(
            meter: Self.meter, hours: use([0, 1, 5]), days: days([0, 1, 4]), currency: Currency(rawValue: 978))
        let report = MeterReport(records)
        #expect(
            report.lines.suffix(5) == [
                "left out: 3 hours, which --json has; other meters are not counted",
                "missing: 3 hours, 2 days without a record:",
                "  3 hours from 2026-01-05 02:00 to 2026-01-05 05:00",
                "  2 days from 2026-01-07 00:00 to 2026-01-09 00:00",
                "not final: the last hour, day, which count until the meter was read",
            ])
        let text = "\(report.json)"
        #expect(
            text.contains(
                #""missing":[{"series":"hours","from":"2026-01-05T02:00:00Z","to":"2026-01-05T05:00:00Z","count":3},"#
                    + #"{"series":"days","from":"2026-01-07T00:00:00Z","to":"2026-01-09T00:00:00Z","count":2}]"#))
        #expect(text.contains(#""unfinished":["hours","days"]"#))
    }

    @Test func `of many stretches the last ones are named`() {
        let records = MeterRecords(
            meter: Self.meter, days: days((0..<10).map { $0 * 2 }), currency: Currency(rawValue: 978))
        let lines = MeterReport(records).lines
        #expect(lines.contains("missing: 9 days without a record, in 9 stretches; the last 5:"))
        #expect(lines.count { $0.hasPrefix("  1 day from ") } == 5)
        #expect(lines.contains("  1 day from 2026-01-22 00:00 to 2026-01-23 00:00"))
    }

    @Test func `periods and events that the text does not have are counted`() {
        let time = Timestamp(rawValue: Self.monday)
        let ordinary = EventRecord(time: time, codeNumber: 0x0101, value: 0)
        let tampering = EventRecord(time: time, codeNumber: 0x0501, value: 0)
        let records = MeterRecords(
            meter: Self.meter, days: days(0..<20),
            events: [ordinary, ordinary] + Array(repeating: tampering, count: 23), currency: Currency(rawValue: 978))
        let lines = MeterReport(records).lines
        #expect(lines.count { $0.hasPrefix("2026-01-") } == 14)
        #expect(
            lines.contains(
                "left out: the first 6 of 20 days, 2 events that are not of tampering, the first 3 events of tampering, "
                    + "which --json has; other meters are not counted"))
    }

    @Test func `nothing read and no currency are said`() {
        let lines = MeterReport(MeterRecords(meter: Self.meter)).lines
        #expect(
            lines.suffix(3) == [
                "left out: nothing of this meter's records; other meters are not counted",
                "missing: all use, which was never read", "not known: the currency",
            ])
    }

    @Test func `amounts are below each other, with the currency in the header`() throws {
        let records = MeterRecords(
            meter: Self.meter, days: use([0]) + use([24], spent: 1_234_567_891) + use([48], spent: 20_000_000),
            currency: Currency(rawValue: 978))
        let lines = MeterReport(records).lines
        let first = try #require(lines.firstIndex { $0.hasPrefix("DAY") })
        #expect(
            lines[first...].prefix(4) == [
                "DAY         USE kWh    SPENT EUR",
                "2026-01-05      1.5     1.50",
                "2026-01-06      1.5  1234.567891",
                "2026-01-07      1.5    20.00",
            ])
    }
}
