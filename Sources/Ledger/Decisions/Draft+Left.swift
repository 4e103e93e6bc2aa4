internal import ValueProtocol

/// Debits that slots left behind (protocol §4, "Left").
extension Draft {
    mutating func leave(_ report: LeftStatement) throws(LedgerError) {
        let purse = PurseID(report.card, report.service)
        guard let currency = state.purses[purse]?.terms.currency else { throw LedgerError(.noSuchPurse, purse) }
        guard report.debit.meter.kind.rawValue == report.service.rawValue else {
            throw LedgerError(.wrongElement, report.debit.meter)
        }
        if let known = state.leftDebits[report.id] {
            guard known.amount == report.debit.amount else { throw LedgerError(.contradicted, report.id) }
            return try accept()
        }
        try accept()
        let pairID = CardAtMeter(report.card, at: report.debit.meter)
        let meter = PurseID(report.debit.meter, report.service)
        let pair = state.pairs[pairID]
        if let pair, pair.creditedNT >= report.debit.nt { return }
        let amount = Int128(report.debit.amount.rawValue)
        // Where the meter's balance shows that it has credited a part, that part is not left.
        guard let pair, pair.currency == currency, pair.inDoubt + pair.shown >= amount,
            let movable = Int64(exactly: min(amount, pair.inDoubt))
        else { return try note(.leftUnknown, .unknownLeft(report.id), currency, amount) }
        // Earlier debits were credited before the card gave this one; the meter's word will say so, and may be older than that.
        try book(
            .leaving, from: .inDoubt(in: meter), to: .left(report.id), currency, movable, card: report.card)
        try reconcile(meter)
        try reconcile(.left(report.id))
    }

    mutating func payLeft(_ payment: LeftPayment) throws(LedgerError) {
        try requirePayee(payment.party)
        guard let debit = state.leftDebits[payment.debit] else { throw LedgerError(.noSuchDebit, payment.debit) }
        guard let amount = Int64(exactly: state.balance(.left(payment.debit), debit.currency)), amount > 0 else {
            throw LedgerError(.alreadyPaid, payment.debit)
        }
        guard debit.isProven || payment.approval != nil else { throw LedgerError(.notProven, payment.debit) }
        try accept()
        try book(
            .leftPayment, from: .left(payment.debit), to: payment.party.account, debit.currency, amount,
            card: payment.debit.card, approval: payment.approval)
        try reconcile(.left(payment.debit))
    }
}
