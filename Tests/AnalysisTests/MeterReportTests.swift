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
        #expect(charts[2].bars == [BarChart.Bar("2026-01", 90, isUnfinished: true)])
        #expect(charts[3].bars == [BarChart.Bar("2026-01", 1.5, written: "1.50 EUR", isUnfinished: true)])
        #expect(charts[3].unit == "EUR")
    }

    @Test func `every chart tells whose it is, its unit, its period and its time zone`() throws {
        let records = MeterRecords(
            meter: Self.meter, hours: [use(22, 400), use(23, 500)], days: [use(23, 1000), use(47, 2000)],
            months: [use(23, 90_000)], currency: Currency(rawValue: 978))
        let sheet = MeterReport(records, localOffset: 60).charts
        let whose = "electric meter \(Self.meter)"
        #expect(sheet.title.contains(whose))
        let elements = try SVGElements(sheet.svg)
        for text in [
            "Use per day, \(whose)", "Average day, \(whose)", "Use per month, \(whose)", "Spent per month, \(whose)",
            "energy in kWh", "energy in Wh", "spent in EUR", "2026-01-06 to 2026-01-07, UTC+01:00",
            "average of 2 recorded hours, 2026-01-05 to 2026-01-06, UTC+01:00", "2026-01 to 2026-01, UTC+01:00",
            "day (month-day), UTC+01:00", "hour of the day, UTC+01:00", "month, UTC+01:00",
        ] {
            #expect(elements.texts.contains(text), "\(text)")
        }
        #expect(sheet.details.joined().contains("2026-01-06 to 2026-01-07"))
        #expect(try #require(elements.named("desc").first).text.contains("UTC+01:00"))
        elements.expectReadable()
    }

    @Test func `a day without a record keeps its place`() {
        let records = MeterRecords(meter: Self.meter, hours: [use(3, 5)], days: [use(0, 1000), use(72, 3000)])
        let charts = MeterReport(records).charts.charts.compactMap { $0 as? BarChart }
        #expect(charts[0].bars.map(\.label) == ["01-05", "01-06", "01-07", "01-08"])
        #expect(charts[0].bars.map(\.value) == [1, nil, nil, 3])
        #expect(charts[1].bars.count { $0.value == nil } == 23)
        #expect(charts[1].bars[3].value == 5)
    }

    @Test func `what has no record is counted between the first and the last`() {
        let records = MeterRecords(
            meter: Self.meter, hours: [use(0, 1), use(1, 1), use(4, 1), use(5, 1), use(7, 1)],
            days: [use(0, 1), use(24, 1)], weeks: [use(0, 1), use(21 * 24, 1)],
            months: [use(0, 1), use(100 * 24, 1)])
        let report = MeterReport(records)
        func time(_ hour: UInt32) -> Timestamp { Timestamp(rawValue: Self.monday + hour * 3600) }
        #expect(
            report.gaps == [
                UseGap(series: .hours, from: time(2), to: time(4), count: 2),
                UseGap(series: .hours, from: time(6), to: time(7), count: 1),
                UseGap(series: .weeks, from: time(168), to: time(21 * 24), count: 2),
                // February and March.
                UseGap(series: .months, from: time(27 * 24), to: time(100 * 24), count: 2),
            ])
        #expect(report.unfinished == [.hours, .days, .weeks, .months])
        let empty = MeterReport(MeterRecords(meter: Self.meter))
        #expect(empty.gaps.isEmpty && empty.unfinished.isEmpty)
    }

    @Test(arguments: [
        (0, 0, "UTC+00:00"), (-60, 60, "UTC+01:00"), (300, -300, "UTC-05:00"), (-330, 330, "UTC+05:30"),
        (720, 720, "UTC+12:00"), (600, -600, "UTC-10:00"),
    ])
    func `days tell the time zone in which they begin`(_ minute: Int, _ offset: Int, _ name: String) {
        let start = Timestamp(rawValue: UInt32(Int(Self.monday) + minute * 60))
        let records = MeterRecords(
            meter: Self.meter, days: [UsageRecord(start: start, quantity: 1, spent: .zero)])
        #expect(MeterReport.localOffset(of: records) == offset)
        let report = MeterReport(records, localOffset: offset)
        #expect(report.timeZone == name)
        #expect(report.localDateTime(of: start).hasSuffix("T00:00:00" + name.dropFirst(3)))
        #expect(MeterReport.localOffset(of: MeterRecords(meter: Self.meter)) == nil)
    }

    @Test func `a report of nothing has charts that say so`() throws {
        let elements = try SVGElements(MeterReport(MeterRecords(meter: Self.meter)).charts.svg)
        #expect(elements.texts.contains("no day is recorded") && elements.texts.contains("no hour is recorded"))
        #expect(elements.texts.count { $0 == "no record" } == 4)
        elements.expectReadable()
    }
}
