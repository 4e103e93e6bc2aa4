import Ledger
import ValueProtocol

func carryOut(
    _ order: LedgerOrder, on ledger: inout GeneralLedger, durably append: ([LedgerFact]) throws -> Void
) throws {
    let facts = try ledger.decide(order).facts
    // All or none. Only then does the ledger know them.
    try append(facts)
    for fact in facts { try ledger.append(fact) }
}

func outcome(of load: TransferID, isApplied: Bool, nt: UInt32, at time: Timestamp) -> LedgerOrder {
    // A transfer that is sent again gets another outcome in another session.
    let key = IdempotencyKey("outcome of \(load) in session \(nt)")
    return LedgerOrder(key: key, time: time, .settle(load, isApplied ? .posted : .voided(.notApplied)))
}
