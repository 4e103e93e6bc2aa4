import HeadEnd
import Issuing
import Records
import RecordsSQLite
import ValueProtocol

/// What the host's records have of a meter's use.
struct MeterReport: Sendable {
    let meter: PartyID
    let balance: ProvenBalance?
    let clock: ClockRecord?
    let months: [UseRecord]
    let weeks: [UseRecord]
    let days: [UseRecord]
    let hours: [UseRecord]
    let events: [EventRecord]
    let currency: Currency?
    /// Minutes that the meter's local time is ahead of UTC.
    let offset: Int

    /// - Throws: `Failure` where the records know nothing of the meter.
    init(_ meter: PartyID, _ records: RecordFile, _ home: Home, offset: Int) throws {
        guard try records.element(meter) != nil else {
            throw Failure(.refused, "\(meter): the records know nothing of it. Check the identifier, or --home.")
        }
        self.meter = meter
        self.offset = offset
        balance = try records.balances(of: meter).first { $0.service.rawValue == meter.kind.rawValue }
        clock = try records.clocks(of: meter).last { $0.clock != nil }
        months = try records.use(of: meter, .months)
        weeks = try records.use(of: meter, .weeks)
        days = try records.use(of: meter, .days)
        hours = try records.use(of: meter, .hours)
        events = try records.events(of: meter)
        let journal = try FileJournal(path: home.issueJournal)
        let purses = try HostCardRegister(records: records, journal: journal).purses(of: meter)
        currency = try records.transactions(of: meter).last?.order.currency ?? purses.first?.currency
    }

    /// Wh are shown as kWh, litres as m3.
    var unit: String { meter.kind == .electricMeter || meter.kind == .heatMeter ? "kWh" : "m3" }

    private var money: String { currency.map { " \($0)" } ?? "" }

    func local(_ time: Timestamp) -> String {
        Timestamp(rawValue: UInt32(clamping: Int(time.rawValue) + offset * 60)).dateTime
    }

    /// Wh of each hour of the day, on the average of the days that have it.
    var dayProfile: [Double] {
        var sums = [Double](repeating: 0, count: 24)
        var counts = [Double](repeating: 0, count: 24)
        for record in hours {
            let hour = ((Int(record.start.rawValue) / 60 + offset + 1440) / 60) % 24
            sums[hour] += Double(record.quantity)
            counts[hour] += 1
        }
        return zip(sums, counts).map { $1 == 0 ? 0 : $0 / $1 }
    }

    var lines: [String] {
        var lines = ["\(meter)  \(meter.kind)"]
        if let balance { lines.append("balance \(balance.amount)\(money), proven \(balance.time.dateTime)") }
        if let clock, let told = clock.clock {
            let ahead = Int64((clock.target ?? told).rawValue) - Int64(clock.time.rawValue)
            lines.append("clock \(ahead) s ahead at \(clock.time.dateTime)")
        }
        for (name, records, most) in [("MONTH", months, 24), ("WEEK OF", weeks, 8), ("DAY", days, 14)] {
            guard !records.isEmpty else { continue }
            var table = TextTable([name, unit, "SPENT" + money])
            for record in records.suffix(most) {
                table.add([
                    String(local(record.start).prefix(name == "MONTH" ? 7 : 10)),
                    SVG.number(Double(record.quantity) / 1000), "\(record.spent)",
                ])
            }
            lines += table.lines
        }
        let tampering = events.filter(\.isTamper)
        lines.append("\(events.count) events, \(tampering.count) of them of tampering")
        return lines + tampering.suffix(20).map { "  \($0.line)" }
    }

    private func json(_ records: [UseRecord]) -> JSONValue {
        .list(
            records.map {
                [
                    "start": .number(Int($0.start.rawValue)), "quantity": .number(Int($0.quantity)),
                    "spent": .text("\($0.spent)"),
                ]
            })
    }

    var json: JSONValue {
        [
            "eid": .text("\(meter)"), "balance": JSONValue(balance?.amount), "currency": JSONValue(currency),
            "hours": json(hours), "days": json(days), "weeks": json(weeks), "months": json(months),
            "events": .list(events.map(\.json)),
        ]
    }

    /// Days, the day's course and months.
    var sheet: ChartSheet {
        func bars(_ records: [UseRecord], _ range: ClosedRange<Int>) -> [(label: String, value: Double)] {
            records.map { record in
                let text = Array(local(record.start))
                return (String(text[range]), Double(record.quantity) / 1000)
            }
        }
        let smaller = unit == "kWh" ? "Wh" : "l"
        var charts = [
            BarChart(title: "Use a day", unit: unit, axis: "day (month-day)", bars: bars(days.suffix(31), 5...9)),
            BarChart(
                title: "Course of a day, average", unit: smaller, axis: "hour of the day",
                bars: dayProfile.enumerated().map { ("\($0.offset)", $0.element) }),
            BarChart(title: "Use a month", unit: unit, axis: "month", bars: bars(months.suffix(24), 0...6)),
        ]
        charts.append(
            BarChart(
                title: "Spent a month", unit: currency.map { "\($0)" } ?? "currency units", axis: "month",
                bars: months.suffix(24).map {
                    (String(local($0.start).prefix(7)), Double($0.spent.rawValue) / 1_000_000)
                }))
        return ChartSheet(title: "\(meter.kind) \(meter)", charts: charts)
    }
}
