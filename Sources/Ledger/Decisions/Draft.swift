internal import ValueProtocol

/// What an order would do: each change is tried on an overlay of the state, so that the next one sees it.
struct Draft {
    let order: LedgerOrder
    var state: LedgerState
    private var facts: [LedgerFact] = []

    init(of order: LedgerOrder, on state: LedgerState) {
        self.order = order
        self.state = state.overlay
    }

    mutating func decision() throws(LedgerError) -> LedgerDecision {
        guard (1...255).contains(order.key.rawValue.utf8.count) else { throw LedgerError(.badKey, order.key) }
        if !order.isNew, let known = state.keys[order.key] {
            guard known.request == order.request.content else { throw LedgerError(.otherOrder, order.key) }
            return .repeated
        }
        switch order.request {
        case .setPurse(let terms): try setPurse(terms)
        case .purchase(let purchase): try self.purchase(purchase)
        case .load(let load): try self.load(load)
        case .refund(let refund): try self.refund(refund)
        case .retry(let id): try retry(id)
        case .settle(let id, let outcome): try settle(id, outcome)
        case .cardStatement(let report): try compare(report)
        case .meterStatement(let report): try compare(report)
        case .leave(let report): try leave(report)
        case .payLeft(let payment): try payLeft(payment)
        case .replace(let replacement): try replace(replacement)
        case .assign(let purse): try assign(purse)
        case .carryOver(let carry): try carryOver(carry)
        case .release(let purse, let party): try release(purse, to: party)
        case .correct(let correction): try correct(correction)
        case .resolve(let id, let approval): try resolve(id, approval)
        }
        return .append(facts)
    }

    /// The order is accepted; what comes after is its effect.
    mutating func accept() throws(LedgerError) { try emit(.ordered(order.request)) }

    mutating func emit(_ change: LedgerChange) throws(LedgerError) {
        let fact = LedgerFact(number: state.factCount + 1, key: order.key, time: order.time, change)
        try state.apply(fact)
        facts.append(fact)
    }
}

/// Transfers.
extension Draft {
    /// A transfer that an element carries out: its value is in doubt until the outcome is known.
    mutating func open(
        _ kind: TransferKind, from: Account, to: Account, _ currency: Currency, _ amount: Int64,
        _ transaction: ElementTransaction
    ) throws(LedgerError) {
        let transfer = Transfer(
            id: TransferID(rawValue: state.transferCount + 1), key: order.key, kind: kind, currency: currency,
            amount: amount, from: from, to: to, transaction: transaction)
        try emit(.opened(transfer, entries(of: transfer, from: from, to: .inDoubt(in: transaction.purse))))
    }

    /// A transfer that is done; of amount 0, none.
    mutating func book(
        _ kind: TransferKind, from: Account, to: Account, _ currency: Currency, _ amount: Int64, card: PartyID? = nil,
        approval: Approval? = nil
    ) throws(LedgerError) {
        guard amount > 0 else { return }
        let transfer = Transfer(
            id: TransferID(rawValue: state.transferCount + 1), key: order.key, kind: kind, currency: currency,
            amount: amount, from: from, to: to, card: card, approval: approval)
        try emit(.booked(transfer, entries(of: transfer, from: from, to: to), nextReceipt))
    }

    var nextReceipt: ReceiptNumber { ReceiptNumber(rawValue: state.receiptCount + 1) }

    func entries(of transfer: Transfer, from: Account, to: Account) -> [LedgerEntry] {
        [
            LedgerEntry(from, transfer.currency, -transfer.amount),
            LedgerEntry(to, transfer.currency, transfer.amount),
        ]
    }
}

/// What orders have to fulfil.
extension Draft {
    /// - Throws: `LedgerError` `.noAmount`, `.amountTooLarge`.
    func movable(_ amount: Amount) throws(LedgerError) -> Int64 {
        guard amount > .zero else { throw LedgerError(.noAmount, order.key) }
        guard let movable = Int64(exactly: amount.rawValue) else { throw LedgerError(.amountTooLarge, amount) }
        return movable
    }

    /// A known purse of that currency.
    ///
    /// - Throws: `LedgerError` `.noSuchPurse`, `.wrongCurrency`.
    func purse(_ id: PurseID, _ currency: Currency) throws(LedgerError) -> PurseState {
        guard let purse = state.purses[id] else { throw LedgerError(.noSuchPurse, id) }
        guard purse.terms.currency == currency else { throw LedgerError(.wrongCurrency, id) }
        return purse
    }

    /// - Throws: `LedgerError` `.notEnoughValue` for an account that cannot go below 0 and holds less.
    func require(_ amount: Int64, in account: Account, _ currency: Currency) throws(LedgerError) {
        switch account {
        case .seller, .debt, .delivered, .corrections: return
        case .reseller, .subscriber, .purse, .inDoubt, .left, .carried:
            guard state.balance(account, currency) >= Int128(amount) else {
                throw LedgerError(.notEnoughValue, account)
            }
        }
    }

    /// Who can get value without an element's doing.
    ///
    /// - Throws: `LedgerError` `.wrongAccount` for a float, which only a load fills.
    func requirePayee(_ party: ValueSource) throws(LedgerError) {
        if case .reseller = party { throw LedgerError(.wrongAccount, party.account) }
    }

    /// An element that takes orders.
    ///
    /// - Throws: `LedgerError` `.replaced`, `.openTransaction`.
    func requireFree(_ id: PartyID) throws(LedgerError) {
        guard let element = state.elements[id] else { return }
        guard element.replacement == nil else { throw LedgerError(.replaced, id) }
        guard element.open == nil else { throw LedgerError(.openTransaction, id) }
    }

    /// - Throws: `LedgerError` `.numberNotAscending`.
    func requireAscending(_ transaction: ElementTransaction) throws(LedgerError) {
        let id = transaction.purse.element
        guard transaction.htxn > state.elements[id]?.highest ?? .none else {
            throw LedgerError(.numberNotAscending, "\(id) \(transaction.htxn)")
        }
    }

    /// - Throws: `LedgerError` `.overLimit` if the purse, with what is in doubt, would hold more than it may.
    func requireRoom(for amount: Int64, in purse: PurseState) throws(LedgerError) {
        let (id, currency) = (purse.terms.purse, purse.terms.currency)
        let held = state.balance(.held(by: id), currency) + state.balance(.inDoubt(in: id), currency)
        // The books of an electric meter have its token in use as well, which its limit does not count, and a debt is paid
        // first: how much room there is only the meter knows, and it refuses what is too much.
        let limit = id.element.kind == .electricMeter ? UInt64(Int64.max) : purse.terms.limit.rawValue
        guard held + Int128(amount) <= Int128(limit) else { throw LedgerError(.overLimit, id) }
    }
}
