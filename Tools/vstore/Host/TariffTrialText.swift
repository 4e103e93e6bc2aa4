import Analysis
import ValueProtocol

/// A trial of a tariff, for people and for programs.
extension TariffTrial {
    private var changeText: String? {
        change.map { change in
            let tenths = Int((change * 10).rounded())
            return (tenths < 0 ? "-" : "+") + "\(abs(tenths) / 10).\(abs(tenths) % 10) %"
        }
    }

    var json: JSONValue {
        [
            "eid": .text("\(meter)"), "hours": .number(hours), "from": .moment(from),
            "to": .moment(to), "quantity": .number(Int(clamping: quantity)), "spent": .text("\(spent)"),
            "cost": JSONValue(cost), "changePercent": .measured(change, decimals: 1),
            "missingHours": .number(missingHours),
        ]
    }

    /// The trials as a table, and what it leaves out.
    static func lines(_ trials: [TariffTrial], _ currency: Currency) -> [String] {
        var table = TextTable(
            ["METER", "HOURS", "Wh OR LITRES", "COST \(currency)", "WOULD COST \(currency)", "CHANGE"],
            numbers: [1, 2, 3, 4, 5])
        for trial in trials { table.add(trial.row) }
        return table.lines
            + trials.map {
                "\($0.meter): hours from \($0.from.dateTime) to \($0.to.dateTime) alone; "
                    + "\($0.missingHours) of them have no record and are in neither cost"
            }
    }

    private var row: [String] {
        ["\(meter)", "\(hours)", "\(quantity)", "\(spent)", cost.map { "\($0)" } ?? "too much", changeText ?? ""]
    }
}
