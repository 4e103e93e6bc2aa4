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
            case .needsManualResolution: "needs-manual-resolution"
            }
        return [
            "eid": .text("\(eid)"), "htxn": .count(htxn.rawValue), "operation": .text("\(self.kind.operation)"),
            "service": .text("\(order.service)"), "amount": .text("\(order.amount)"),
            "currency": .text("\(order.currency)"), "ordered": .moment(order.time), "state": kind,
            "balance": JSONValue(balance), "reference": JSONValue(reference),
        ]
    }
}

/// An order that was done, for people and for programs.
struct DoneOrder: Sendable {
    let transaction: CreditTransaction
    let recovered: [CreditTransaction]
    /// Nil where it cannot be read; that the order was done stands all the same.
    let receipt: Receipt?
    /// Whether it had been done before, so that nothing was sent now.
    let isRepeated: Bool
    /// A meter's value and debt after it, where it told them.
    let account: MeterAccount?

    var json: JSONValue {
        [
            "transaction": transaction.json, "repeated": .truth(isRepeated),
            "recovered": .list(recovered.map(\.json)), "audit": JSONValue(receipt?.mark),
            "account": account?.json ?? .null,
        ]
    }

    var lines: [String] {
        var lines = recovered.map { "recovered: \($0)" } + ["\(transaction)"]
        if isRepeated { lines.append("done before, on \(transaction.order.time.dateTime); \(nothing)") }
        if let account { lines.append("value \(account.value), debt \(account.debt)") }
        return lines + (receipt.map { ["receipt \($0.mark)"] } ?? [])
    }

    private var nothing: String {
        switch transaction.kind {
        case .storeCredit: "nothing loaded now"
        case .refund: "nothing refunded now"
        case .convertTariff: "nothing converted now"
        }
    }
}

extension CreditResult {
    /// What was done.
    ///
    /// - Throws: `Failure` `.refused` where it was refused or declined.
    func done(_ records: any RecordStore) throws -> DoneOrder {
        // What is now known of earlier orders holds also where this one is not done.
        let before = recovered.map { "Recovered: \($0). " }.joined()
        switch outcome {
        case .done(let transaction):
            var receipt: Receipt?
            do throws(HostError) {
                receipt = try self.receipt(from: records)
            } catch {
                // As an error it would have the order repeated.
                Console.complain("No receipt: \(explained(error))")
            }
            return DoneOrder(
                transaction: transaction, recovered: recovered, receipt: receipt, isRepeated: isRepeated,
                account: account)
        case .refused(let transaction):
            throw Failure(.refused, "\(before)\(transaction). Nothing was changed; order what it can take.")
        case .declined(let reason):
            throw Failure(.refused, "\(before)Not ordered: \(reason). \(reason.remedy)")
        case .queued(let tariff):
            // Only host tariff orders tables.
            throw Failure(.refused, "\(before)\(tariff.order) waits until the meter has room for it.")
        }
    }
}

extension DeclineReason {
    fileprivate var remedy: String {
        switch self {
        case .tariffAhead: "Add --replace to send this one in its place."
        case .noPlaceAhead: "Send it once one of them is in force, or in the place of one of them."
        case .status(.replaced(let other)):
            "What \(other) has is refunded there; what it has not got yet is given back with vstore host release."
        case .books: "See vstore card log, and what differs with vstore host check."
        default: "See vstore card log."
        }
    }
}

extension Console {
    /// Gives an order that was done.
    func show(_ done: DoneOrder) { output(done.json, done.lines) }
}
