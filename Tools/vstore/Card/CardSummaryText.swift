import Issuing
import ValueProtocol

/// A card's public data, for people and for programs.
extension CardSummary {
    var lines: [String] {
        var lines = [
            "\(element.eid)  \(element.eid.kind), \(element.state)",
            "sessions: \(nt), wrong signatures: \(wrongSignatures)",
            "keys: \(element.keys.isEmpty ? "none" : element.keys.map(\.description).joined(separator: ", "))",
        ]
        if let masterKeys {
            lines.append("master keys: \(masterKeys.isEmpty ? "none" : "")")
            lines += masterKeys.map { "  \($0.name)  check value \($0.checkValue)" }
        }
        guard !purses.isEmpty else { return lines }
        var table = TextTable(["PURSE", "BALANCE", "LIMIT", "METER"], numbers: [1, 2])
        for purse in purses {
            table.add([
                "\(purse.service)", purse.balance.money(in: purse.currency), purse.limit.text(in: purse.currency),
                purse.meter == .none ? "none" : "\(purse.meter)",
            ])
        }
        return lines + table.lines
    }

    var json: JSONValue {
        var members: [(name: String, value: JSONValue)] = [
            ("eid", .text("\(element.eid)")), ("kind", .name(element.eid.kind)),
            ("state", .name(element.state)), ("sessions", .number(Int(nt))),
            ("wrongSignatures", .number(Int(wrongSignatures))),
            ("keys", .list(element.keys.map { .text("\($0)") })),
            (
                "purses",
                .list(
                    purses.map { purse in
                        [
                            "service": .text("\(purse.service)"), "balance": .text("\(purse.balance)"),
                            "currency": .text("\(purse.currency)"), "limit": .text("\(purse.limit)"),
                            "meter": purse.meter == .none ? .null : .text("\(purse.meter)"),
                        ]
                    })
            ),
        ]
        if let masterKeys { members.append(("masterKeys", .list(masterKeys.map(\.json)))) }
        return .object(members)
    }
}

extension KeyDescriptor {
    var json: JSONValue { ["key": .text("\(name)"), "checkValue": .text("\(checkValue)")] }
}
