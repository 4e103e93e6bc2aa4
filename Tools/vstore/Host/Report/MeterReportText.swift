import Analysis
import HeadEnd
import Records
import ValueProtocol

/// The host's records of a meter's use, for people and for programs.
extension MeterReport {
    private var currencyText: String { records.currency.map { " \($0)" } ?? "" }

    private func text(_ amount: Amount) -> String { records.currency.map { amount.text(in: $0) } ?? "\(amount)" }

    /// How many of the newest periods a text has.
    static let shown: [(series: UsageSeries, name: String, count: Int, date: Int)] = [
        (.months, "MONTH", 24, 7), (.weeks, "WEEK OF", 8, 10), (.days, "DAY", 14, 10),
    ]
    static let shownTampering = 20

    var lines: [String] {
        var lines = [
            "\(records.meter)  \(records.meter.kind)",
            "months, weeks and days begin in the meter's local time, \(timeZone)",
        ]
        if let balance = records.balance {
            lines.append("balance \(text(balance.amount))\(currencyText), proven \(balance.time.dateTime)")
        }
        if let clock = records.clock, let clockAhead {
            lines.append("clock \(clockAhead) s ahead at \(clock.time.dateTime)")
        }
        for table in MeterReport.shown {
            lines += self.table(table.name, use(table.series).suffix(table.count), table.date)
        }
        lines.append("\(records.events.count) events, \(tampering.count) of them of tampering")
        return lines + tampering.suffix(MeterReport.shownTampering).map { "  \($0.line)" } + leftOutLines
    }

    /// A table of periods, whose dates have this many characters; none without a period.
    private func table(_ name: String, _ periods: ArraySlice<UsageRecord>, _ date: Int) -> [String] {
        guard !periods.isEmpty else { return [] }
        var table = TextTable([name, "USE \(unit)", "SPENT" + currencyText], numbers: [1, 2])
        for period in periods {
            table.add([
                String(localDateTime(of: period.start).prefix(date)), SVG.number(Double(period.quantity) / 1000),
                text(period.spent),
            ])
        }
        return table.lines
    }

    private static func json(_ use: [UsageRecord]) -> JSONValue {
        .list(
            use.map {
                [
                    "start": .moment($0.start), "quantity": .number(Int($0.quantity)),
                    "spent": .text("\($0.spent)"),
                ]
            })
    }

    var json: JSONValue {
        [
            "eid": .text("\(records.meter)"), "balance": JSONValue(records.balance?.amount),
            "currency": JSONValue(records.currency), "unit": .text(smallUnit), "localOffset": .number(localOffset),
            "hours": Self.json(records.hours),
            "days": Self.json(records.days), "weeks": Self.json(records.weeks), "months": Self.json(records.months),
            "events": .list(records.events.map(\.json)),
            "missing": .list(
                gaps.map {
                    [
                        "series": .text($0.series.plural), "from": .moment($0.from), "to": .moment($0.to),
                        "count": .number($0.count),
                    ]
                }),
            "unfinished": .list(unfinished.map { .text($0.plural) }),
        ]
    }
}
