public import ArgumentParser
public import Issuing
import ValueProtocol

extension PursePlan: ExpressibleByArgument {
    public init?(argument: String) { self.init(parsing: argument) }
}

extension PursePlan {
    var json: JSONValue {
        [
            "service": .text("\(service)"), "currency": .text("\(currency)"), "limit": .text("\(limit)"),
            "meter": meter == .none ? .null : .text("\(meter)"), "version": .number(Int(version)),
        ]
    }
}
