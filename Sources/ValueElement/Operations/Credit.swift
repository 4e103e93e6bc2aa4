internal import ValueProtocol

extension ElementImage {
    /// STORE CREDIT and REFUND.
    mutating func applyCredit(
        _ op: OperationCode, _ c3: [UInt8], now: Timestamp
    ) -> (BusinessStatus, [UInt8]) {
        guard let order = CreditOrder(c3) else { return (.malformed, []) }
        switch match(of: order.htxn, { $0.holds(op, order) }) {
        case .same: return (.alreadyApplied, receipt(order))
        case .other: return (.malformed, [])
        case .old: return (.stale, [])
        case .new: break
        }
        guard state != .blocked else { return (.blocked, []) }
        guard var purse = purse(order.service) else { return (.unknownService, []) }
        guard purse.currency == order.currency else { return (.wrongCurrency, []) }
        if op == .storeCredit {
            guard credit(order.amount, to: order.service, at: now) else { return (.overLimit, []) }
        } else {
            guard let rest = purse.balance.subtracting(order.amount) else { return (.notEnoughValue, []) }
            purse.balance = rest
            put(purse)
        }
        keep(
            AppliedTransaction(
                htxn: order.htxn, op: op, service: order.service, currency: order.currency, amount: order.amount,
                balance: self.purse(order.service)?.balance ?? .zero, time: order.time))
        return (.done, receipt(order))
    }

    private func receipt(_ order: CreditOrder) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        CreditReceipt(balance: purse(order.service)?.balance ?? .zero, htxn: order.htxn).append(to: &bytes)
        return bytes
    }
}

/// How a transaction's number relates to those that are stored (protocol §4).
enum TransactionMatch {
    /// Above the highest.
    case new
    /// Stored, with the same content.
    case same
    /// Stored, with different content.
    case other
    /// Neither stored nor above the highest.
    case old
}

extension ElementImage {
    func match(of htxn: HostTransaction, _ isSame: (AppliedTransaction) -> Bool) -> TransactionMatch {
        if let found = kept.first(where: { $0.htxn == htxn }) { return isSame(found) ? .same : .other }
        guard let highest = kept.last else { return .new }
        return htxn > highest.htxn ? .new : .old
    }
}

extension AppliedTransaction {
    func holds(_ op: OperationCode, _ order: CreditOrder) -> Bool {
        self.op == op && service == order.service && currency == order.currency && amount == order.amount
    }
}
