import Analysis
import HeadEnd
import Records
import Testing
import ValueProtocol

@Suite("A report of a meter's use") struct MeterReportTests {
    static let meter = PartyID(issuer: 0xA1B2C3, kind: .electricMeter, number: 0x77)
    /// 2026-01-05, a Monday, 00:00 UTC.
    static let monday: UInt32 = 1_767_571_200

    private func use(_ hour: UInt32, _ quantity: UInt32) -> UsageRecord {
        UsageRecord(
            start: Timestamp(rawValue: Self.monday + hour * 3600), quantity: quantity,
            spent: Amount(rawValue: 1_500_000))
    }

    @Test func `the average day counts the days that have the hour, in local time`() {
        let records = MeterRecords(meter: Self.meter, hours: [use(0, 100), use(24, 300), use(23, 50)])
        var day = MeterReport(records).averageDay
        #expect(day.count == 24)
        #expect(day[0] == 200)
        #expect(day[23] == 50)
        #expect(day[12] == 0)
        day = MeterReport(records, localOffset: 60).averageDay
        #expect(day[1] == 200)
        #expect(day[0] == 50)
        day = MeterReport(records, localOffset: -840).averageDay
        #expect(day[10] == 200)
    }

    @Test(arguments: [
        (PartyKind.electricMeter, "kWh", "Wh"), (.heatMeter, "kWh", "Wh"), (.gasMeter, "m3", "l"),
        (.waterMeter, "m3", "l"),
    ])
    func `energy is in kWh and volume in m3`(_ kind: PartyKind, _ unit: String, _ small: String) {
        let report = MeterReport(MeterRecords(meter: PartyID(issuer: 1, kind: kind, number: 1)))
        #expect(report.unit == unit)
        #expect(report.smallUnit == small)
        #expect(report.clockAhead == nil)
    }

    @Test func `the clock is ahead by what it was set to, else by what it showed`() {
        func ahead(_ clock: UInt32?, _ target: UInt32?) -> Int64? {
            let record = ClockRecord(
                time: Timestamp(rawValue: 1000), clock: clock.map { Timestamp(rawValue: $0) },
                target: target.map { Timestamp(rawValue: $0) })
            return MeterReport(MeterRecords(meter: Self.meter, clock: record)).clockAhead
        }
        #expect(ahead(1010, nil) == 10)
        #expect(ahead(990, 1001) == 1)
        #expect(ahead(nil, 1001) == nil)
    }

    @Test func `tampering alone is listed as such`() {
        let time = Timestamp(rawValue: Self.monday)
        let events = [
            EventRecord(time: time, codeNumber: 0x0101, value: 0),
            EventRecord(time: time, codeNumber: 0x0501, value: 0),
        ]
        let report = MeterReport(MeterRecords(meter: Self.meter, events: events))
        #expect(report.tampering == [events[1]])
    }

    @Test func `the charts show the last 31 days, the day and the last 24 months`() throws {
        let days = (0..<40 as Range<UInt32>).map { use($0 * 24, 1000 * ($0 + 1)) }
        let months = [use(0, 90_000)]
        let records = MeterRecords(
            meter: Self.meter, hours: [use(3, 500)], days: days, months: months, currency: Currency(rawValue: 978))
        let charts = MeterReport(records).charts.charts.compactMap { $0 as? BarChart }
        #expect(charts.map(\.bars.count) == [31, 24, 1, 1])
        #expect(charts[0].bars[0] == BarChart.Bar("01-14", 10))
        #expect(charts[1].bars[3] == BarChart.Bar("3", 500))
        #expect(charts[2].bars == [BarChart.Bar("2026-01", 90)])
        #expect(charts[3].bars == [BarChart.Bar("2026-01", 1.5)])
        #expect(charts[3].unit == "EUR")
    }
}
