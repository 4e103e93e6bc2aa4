import Records
import ValueProtocol

extension MeterAccount {
    var json: JSONValue {
        [
            "value": .text("\(value)"), "inUse": .text("\(inUse)"), "debt": .text("\(debt)"),
            "spent": .text("\(spent)"), "forfeited": .text("\(forfeited)"), "paid": .text("\(paid)"),
            "tableInForce": .number(Int(tableInForce)), "nextTable": .number(Int(nextTable)),
            "supply": .text(supply.name),
        ]
    }

    /// What a balance does not tell: nothing where that is all.
    var details: String {
        var details = inUse > .zero ? ", in use \(inUse)" : ""
        if debt > .zero { details += ", debt \(debt)" }
        if supply == .emergencyCredit || supply == .friendlyCredit { details += ", supply \(supply)" }
        return details
    }
}

extension MeterSupply {
    /// As JSON has it.
    fileprivate var name: String {
        switch self {
        case .off: "off"
        case .on: "on"
        case .emergencyCredit: "emergency-credit"
        case .friendlyCredit: "friendly-credit"
        case .limited: "limited"
        case .tampered: "tampered"
        case .waitsForPerson: "waits-for-person"
        }
    }
}

extension MeterDebt {
    var json: JSONValue { ["currency": .text("\(currency)"), "amount": .text("\(amount)")] }
}
