internal import ValueProtocol

extension ElementImage {
    /// DEBIT: the session's PID names the slot.
    mutating func debit(_ c3: [UInt8], _ facts: inout SessionFacts) -> (BusinessStatus, [UInt8]) {
        guard let order = Debit(c3), var slot = slot(boundTo: facts.identity.pid) else { return (.malformed, []) }
        // A debit that the meter has not credited must not be overwritten: the slot is its only record.
        guard !facts.hasDebited, order.creditedNT >= slot.nt else { return (.stale, []) }
        // No session follows in which STATUS could prove the debit if its answer were lost.
        guard facts.identity.nt < .max else { return (.stale, []) }
        guard state != .blocked else { return (.blocked, []) }
        guard var purse = purse(slot.service) else { return (.unknownService, []) }
        guard purse.currency == order.currency else { return (.wrongCurrency, []) }
        guard purse.balance > .zero || order.amount == .zero else { return (.notEnoughValue, []) }
        let drawn = min(order.amount, purse.balance)
        purse.balance = Amount(rawValue: purse.balance.rawValue - drawn.rawValue)
        slot.nt = facts.identity.nt
        slot.amount = drawn
        slot.balance = purse.balance
        slot.time = order.time
        if !order.meterStatus.isEmpty {
            slot.statusNT = facts.identity.nt
            slot.statusTime = order.time
            slot.meterStatus = order.meterStatus
        }
        put(purse)
        put(slot)
        facts.hasDebited = true
        var bytes: [UInt8] = []
        Debit.Answer(balance: purse.balance, debited: drawn, nt: facts.identity.nt).append(to: &bytes)
        return (.done, bytes)
    }
}
