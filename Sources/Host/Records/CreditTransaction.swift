public import ValueProtocol

/// A transaction with an element as the record file knows it: STORE CREDIT or REFUND (protocol §4, §7).
public struct CreditTransaction: Sendable, Hashable {
    /// What was ordered.
    public enum Kind: UInt8, Sendable, Hashable {
        case storeCredit = 0x01
        case refund = 0x0A

        /// The operation that carries it.
        public var operation: OperationCode { self == .refund ? .refund : .storeCredit }
    }

    /// What is known of its outcome.
    public enum State: Sendable, Hashable {
        /// Written down before the EXECUTE left; no proven answer yet.
        case inDoubt
        /// The element proved that it applied it.
        case done
        /// The element proved that it refused it; nothing was changed.
        case refused(BusinessStatus)
        /// The element proved that it was not applied; it never will be unless it is sent again.
        case notApplied
        /// The element cannot tell any more: a person decides.
        case needsPerson
    }

    /// The element.
    public let eid: PartyID
    public let kind: Kind
    /// HTXN, service, currency, amount and the time of the order.
    public let order: CreditOrder
    /// What the caller knows the order by.
    public let reference: String?
    public let state: State
    /// The purse's balance after it, as the element proved it; nil where it is not known.
    public let balance: Amount?
    /// When the state became known.
    public let settled: Timestamp

    /// The host's transaction number.
    public var htxn: HostTransaction { order.htxn }

    public init(
        eid: PartyID, kind: Kind, order: CreditOrder, reference: String? = nil, state: State, balance: Amount? = nil,
        settled: Timestamp
    ) {
        self.eid = eid
        self.kind = kind
        self.order = order
        self.reference = reference
        self.state = state
        self.balance = balance
        self.settled = settled
    }

    func with(_ state: State, balance: Amount? = nil, at time: Timestamp) -> Self {
        Self(
            eid: eid, kind: kind, order: order, reference: reference, state: state, balance: balance, settled: time)
    }
}

extension CreditTransaction.State: CustomStringConvertible {
    public var description: String {
        switch self {
        case .inDoubt: "in doubt"
        case .done: "done"
        case .refused(let status): "refused: \(status)"
        case .notApplied: "not applied"
        case .needsPerson: "a person has to decide"
        }
    }
}

extension CreditTransaction: CustomStringConvertible {
    /// `STORE CREDIT 7 of 00A1B2C3-10-011234: gas, 10.00 EUR, ordered 2023-11-14T22:13:20Z, done, balance 12.00`; the audit
    /// trail holds it word for word.
    public var description: String {
        let balance = balance.map { ", balance \($0)" } ?? ""
        let reference = reference.map { ", reference \($0)" } ?? ""
        return "\(kind.operation) \(htxn) of \(eid): \(order.service), \(order.amount) \(order.currency), "
            + "ordered \(order.time.dateTime), \(state)\(balance)\(reference)"
    }
}
