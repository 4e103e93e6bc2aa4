import ArgumentParser
import Issuing
import ValueProtocol

/// A purse as it is written on the command line: `service:currency:limit`, and `:meter` where it is bound to one.
struct PurseArgument: ExpressibleByArgument {
    let plan: PursePlan

    init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (3...4).contains(parts.count), let service = UtilityService(named: parts[0]),
            let currency = Currency(parts[1]), let limit = Amount(parts[2])
        else { return nil }
        guard parts.count == 4 else {
            plan = PursePlan(service: service, currency: currency, limit: limit)
            return
        }
        guard let meter = PartyID(parts[3]) else { return nil }
        plan = PursePlan(service: service, currency: currency, limit: limit, meter: meter)
    }
}

extension PursePlan {
    var json: JSONValue {
        [
            "service": .text("\(service)"), "currency": .text("\(currency)"), "limit": .text("\(limit)"),
            "meter": meter == .none ? .null : .text("\(meter)"), "version": .number(Int(version)),
        ]
    }
}
