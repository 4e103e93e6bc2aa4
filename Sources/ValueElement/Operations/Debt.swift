internal import ValueProtocol

extension ElementImage {
    /// ADD DEBT and REMIT DEBT.
    mutating func changeDebt(_ op: OperationCode, _ c3: [UInt8]) -> (BusinessStatus, [UInt8]) {
        guard eid.kind.isMeter, let order = CreditOrder(c3) else { return (.malformed, []) }
        switch match(of: order.htxn, { $0.holds(op, order) }) {
        case .same: return (.alreadyApplied, debtReceipt(order))
        case .other: return (.malformed, [])
        case .old: return (.stale, [])
        case .new: break
        }
        guard state != .blocked else { return (.blocked, []) }
        guard let purse = purse(order.service) else { return (.unknownService, []) }
        guard purse.currency == order.currency else { return (.wrongCurrency, []) }
        if op == .addDebt {
            guard debt.add(order.amount) else { return (.overLimit, []) }
        } else {
            guard debt.remit(order.amount) else { return (.notEnoughValue, []) }
        }
        keep(
            AppliedTransaction(
                htxn: order.htxn, op: op, service: order.service, currency: order.currency, amount: order.amount,
                balance: debt.owed, time: order.time))
        return (.done, debtReceipt(order))
    }

    private func debtReceipt(_ order: CreditOrder) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        DebtReceipt(debt: debt.owed, htxn: order.htxn).append(to: &bytes)
        return bytes
    }
}
