import Analysis
import HeadEnd
import Records
import ValueProtocol

/// The host's records of a meter's use, for people and for programs.
extension MeterReport {
    private var money: String { records.currency.map { " \($0)" } ?? "" }

    var lines: [String] {
        var lines = ["\(records.meter)  \(records.meter.kind)"]
        if let balance = records.balance {
            lines.append("balance \(balance.amount)\(money), proven \(balance.time.dateTime)")
        }
        if let clock = records.clock, let clockAhead {
            lines.append("clock \(clockAhead) s ahead at \(clock.time.dateTime)")
        }
        lines += table("MONTH", records.months.suffix(24), 7)
        lines += table("WEEK OF", records.weeks.suffix(8), 10)
        lines += table("DAY", records.days.suffix(14), 10)
        lines.append("\(records.events.count) events, \(tampering.count) of them of tampering")
        return lines + tampering.suffix(20).map { "  \($0.line)" }
    }

    /// A table of periods, whose dates have this many characters; none without a period.
    private func table(_ name: String, _ periods: ArraySlice<UsageRecord>, _ date: Int) -> [String] {
        guard !periods.isEmpty else { return [] }
        var table = TextTable([name, unit, "SPENT" + money])
        for period in periods {
            table.add([
                String(localDateTime(of: period.start).prefix(date)), SVG.number(Double(period.quantity) / 1000),
                "\(period.spent)",
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
            "currency": JSONValue(records.currency), "hours": Self.json(records.hours),
            "days": Self.json(records.days), "weeks": Self.json(records.weeks), "months": Self.json(records.months),
            "events": .list(records.events.map(\.json)),
        ]
    }
}
