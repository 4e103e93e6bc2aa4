public import ValueProtocol

/// A ledger: what its facts made of it, and who decides what comes next.
///
/// It reads no clock and no store. A caller gives an order, makes the facts durable, and appends them; or has both done
/// at once by `perform`.
public struct GeneralLedger: Sendable, Equatable {
    /// All facts, in order.
    public package(set) var facts: [LedgerFact] = []
    /// What they add up to.
    package var state = LedgerState()

    public init() {}

    /// The ledger that these facts make.
    ///
    /// Facts are taken as they are; the invariants tell whether they hold.
    ///
    /// - Throws: `LedgerError` `.factOutOfOrder` if a number is missing, `.noSuchTransfer` if a fact concerns an unknown
    ///   transfer, `.sumOverflows`.
    public init(replaying facts: some Sequence<LedgerFact>) throws(LedgerError) {
        for fact in facts { try append(fact) }
    }

    /// What an order does; nothing is changed.
    ///
    /// - Throws: `LedgerError` if it is refused.
    public func decide(_ order: LedgerOrder) throws(LedgerError) -> LedgerDecision {
        try state.decide(order).decision
    }

    /// Appends a fact that is durable.
    ///
    /// - Throws: as `init(replaying:)`; the ledger may then hold a part of the fact.
    public mutating func append(_ fact: LedgerFact) throws(LedgerError) {
        try state.apply(fact)
        facts.append(fact)
    }

    /// Decides, and appends what was decided.
    ///
    /// - Returns: the facts, to be made durable.
    /// - Throws: `LedgerError` if the order is refused; nothing is changed.
    @discardableResult
    public mutating func perform(_ order: LedgerOrder) throws(LedgerError) -> LedgerDecision {
        let decision = try decide(order)
        for fact in decision.facts { try append(fact) }
        return decision
    }
}

extension LedgerState {
    /// What an order does, for a store that keeps the state as rows: nothing is changed.
    ///
    /// - Returns: the decision, and what it changes of this state, to be `keep`t.
    /// - Throws: `LedgerError` if it is refused.
    package func decide(_ order: LedgerOrder) throws(LedgerError) -> (decision: LedgerDecision, changes: LedgerState) {
        var draft = Draft(of: order, on: self)
        let decision = try draft.decision()
        return (decision, draft.state.changes)
    }
}

/// What an accepted order does.
public enum LedgerDecision: Sendable, Hashable {
    /// The facts to append, all or none.
    case append([LedgerFact])
    /// An order with this key and the same request was done before; nothing is to be done.
    case repeated

    /// What is to be appended.
    public var facts: [LedgerFact] {
        switch self {
        case .append(let facts): facts
        case .repeated: []
        }
    }
}

extension GeneralLedger {
    /// The sum of all entries of an account, in micro-units.
    public func balance(of account: Account, in currency: Currency) -> Int128 {
        state.balance(account, currency)
    }

    /// The accounts with a balance that is not 0, in no order.
    public var balances: [(account: Account, currency: Currency, amount: Int128)] {
        state.balances.base.compactMap { $1 == 0 ? nil : ($0.account, $0.currency, $1) }
    }

    /// One transfer; nil if there is none with that number.
    public func transfer(_ id: TransferID) -> Transfer? { state.transfers[id] }

    /// What left an account and is pending; it comes back if it is voided.
    public func pending(from account: Account, in currency: Currency) -> Int128 {
        state.pending[AccountInCurrency(account, currency)] ?? 0
    }

    /// All transfers, by number.
    public var transfers: [Transfer] { state.transfers.base.values.sorted { $0.id < $1.id } }

    /// The transfers that the order of a key made, by number.
    public func transfers(of key: IdempotencyKey) -> [Transfer] {
        state.keys[key].map { $0.transfers.compactMap { state.transfers[$0] } } ?? []
    }

    /// The transfer that is pending with an element; nil if none is.
    public func openTransfer(with element: PartyID) -> Transfer? {
        state.elements[element]?.open.flatMap { state.transfers[$0] }
    }

    /// The differences that are open, by number.
    public var differences: [BookDifference] {
        state.subjects.base.keys.compactMap { state.openDifference(of: $0) }.sorted { $0.id < $1.id }
    }

    /// Whether the meter's word proves that a debit that was left behind was not credited, and it is not paid yet.
    public func isPayable(_ debit: LeftDebitID) -> Bool {
        state.leftDebits[debit].map { $0.isProven && balance(of: .left(debit), in: $0.currency) > 0 } ?? false
    }
}
