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
        ]
    }

    var row: [String] {
        ["\(meter)", "\(hours)", "\(quantity)", "\(spent)", cost.map { "\($0)" } ?? "too much", changeText ?? ""]
    }
}
