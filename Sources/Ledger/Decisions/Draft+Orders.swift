internal import ValueProtocol

/// Purchases, loads and refunds, and what becomes of them.
extension Draft {
    mutating func setPurse(_ terms: PurseTerms) throws(LedgerError) {
        if let known = state.purses[terms.purse], known.terms.currency != terms.currency {
            let id = terms.purse
            let partners = state.elements[id.element]?.partners ?? []
            let isEmpty =
                state.balance(.held(by: id), known.terms.currency) == 0
                && state.balance(.inDoubt(in: id), known.terms.currency) == 0
                && known.setAside == 0 && gapIsClosed(known)
                && partners.allSatisfy { state.pairs[CardAtMeter(id.element, at: $0)]?.isSettled ?? true }
            guard isEmpty else { throw LedgerError(.purseNotEmpty, id) }
        }
        try accept()
    }

    private func gapIsClosed(_ purse: PurseState) -> Bool { state.gap(of: purse) == 0 }

    mutating func purchase(_ purchase: PurchaseOrder) throws(LedgerError) {
        let amount = try movable(purchase.amount)
        try accept()
        try book(.purchase, from: .seller, to: .subscriber(purchase.subscriber), purchase.currency, amount)
    }

    mutating func load(_ load: ElementOrder) throws(LedgerError) {
        try begin(
            .load, from: load.party.account, to: .held(by: load.purse), load.currency, load.amount,
            ElementTransaction(load.purse, load.htxn))
    }

    mutating func refund(_ refund: ElementOrder) throws(LedgerError) {
        try requirePayee(refund.party)
        try begin(
            .refund, from: .held(by: refund.purse), to: refund.party.account, refund.currency, refund.amount,
            ElementTransaction(refund.purse, refund.htxn))
    }

    mutating func begin(
        _ kind: TransferKind, from: Account, to: Account, _ currency: Currency, _ amount: Amount,
        _ transaction: ElementTransaction
    ) throws(LedgerError) {
        guard from != to else { throw LedgerError(.wrongAccount, from) }
        let amount = try movable(amount)
        let purse = try purse(transaction.purse, currency)
        try requireFree(transaction.purse.element)
        try requireAscending(transaction)
        try require(amount, in: from, currency)
        if to == .held(by: transaction.purse) { try requireRoom(for: amount, in: purse) }
        try accept()
        try open(kind, from: from, to: to, currency, amount, transaction)
        try reconcile(from.purse)
    }

    mutating func retry(_ id: TransferID) throws(LedgerError) {
        guard let transfer = state.transfers[id] else { throw LedgerError(.noSuchTransfer, id) }
        // Also where a person resolved that it was not applied: the element has proved as much, or nothing is sent.
        guard [.voided(.notApplied), .voided(.resolved)].contains(transfer.state),
            let transaction = transfer.transaction,
            state.elements[transaction.purse.element]?.highest == transaction.htxn
        else { throw LedgerError(.notToRetry, id) }
        let purse = try purse(transaction.purse, transfer.currency)
        try requireFree(transaction.purse.element)
        try require(transfer.amount, in: transfer.from, transfer.currency)
        if transfer.to == .held(by: transaction.purse) { try requireRoom(for: transfer.amount, in: purse) }
        try accept()
        try emit(.reopened(id, entries(of: transfer, from: transfer.from, to: .inDoubt(in: transaction.purse))))
        try reconcile(transfer.from.purse)
    }

    mutating func settle(_ id: TransferID, _ outcome: TransferOutcome) throws(LedgerError) {
        guard let transfer = state.transfers[id] else { throw LedgerError(.noSuchTransfer, id) }
        guard let transaction = transfer.transaction, transfer.isPending else {
            switch (transfer.state, outcome) {
            case (.posted, .posted), (.voided, .voided): return try accept()
            default: throw LedgerError(.alreadySettled, id)
            }
        }
        let doubt = Account.inDoubt(in: transaction.purse)
        try accept()
        switch outcome {
        case .posted: try emit(.posted(id, entries(of: transfer, from: doubt, to: transfer.to), nextReceipt))
        case .voided(let reason): try emit(.voided(id, entries(of: transfer, from: doubt, to: transfer.from), reason))
        }
        try reconcile(transfer.from.purse, transfer.to.purse)
    }
}

extension PairState {
    /// Whether nothing that the card gave is in doubt or left behind.
    var isSettled: Bool { inDoubt == 0 && left == 0 }
}
