import HeadEnd
import Records
import ValueProtocol

extension CreditTransaction {
    var json: JSONValue {
        let kind: JSONValue =
            switch state {
            case .inDoubt: "in-doubt"
            case .done: "done"
            case .refused: "refused"
            case .notApplied: "not-applied"
            case .needsManualResolution: "needs-person"
            }
        return [
            "eid": .text("\(eid)"), "htxn": .text("\(htxn)"), "operation": .text("\(self.kind.operation)"),
            "service": .text("\(order.service)"), "amount": .text("\(order.amount)"),
            "currency": .text("\(order.currency)"), "ordered": .number(Int(order.time.rawValue)), "state": kind,
            "balance": JSONValue(balance), "reference": JSONValue(reference),
        ]
    }
}

extension Console {
    /// Gives what became of an order; one that was not done ends the program with its status.
    func show(_ result: CreditResult, _ receipt: Receipt?) throws {
        for earlier in result.recovered { note("Found out: \(earlier)") }
        let recovered = JSONValue.list(result.recovered.map(\.json))
        switch result.outcome {
        case .done(let transaction):
            give(
                ["transaction": transaction.json, "recovered": recovered, "audit": JSONValue(receipt?.mark)],
                ["\(transaction)"] + (receipt.map { ["receipt \($0.mark)"] } ?? []))
        case .refused(let transaction):
            throw Failure(.refused, "\(transaction). Nothing was changed; order what the card can take.")
        case .declined(let reason):
            throw Failure(.refused, "Not ordered: \(reason). See vstore card log.")
        }
    }
}
