public import ValueProtocol

/// A transaction with an element as the record file knows it: STORE CREDIT, REFUND or CONVERT TARIFF
/// (protocol §4, §7).
public struct CreditTransaction: Sendable, Hashable {
    /// What was ordered.
    public enum Kind: UInt8, Sendable, Hashable {
        case storeCredit = 0x01
        case convertTariff = 0x02
        case refund = 0x0A

        /// The operation that carries it.
        public var operation: OperationCode {
            switch self {
            case .storeCredit: .storeCredit
            case .convertTariff: .convertTariff
            case .refund: .refund
            }
        }

        /// The purpose of its sessions.
        var purpose: Purpose { self == .convertTariff ? .tariff : .credit }
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
    /// HTXN, service, currency, amount and the time of the order; a tariff's amount is 0.
    public let order: CreditOrder
    /// The table that is sent; nil unless it is a CONVERT TARIFF.
    public let tariff: TariffOrder?
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
        eid: PartyID, kind: Kind, order: CreditOrder, tariff: TariffOrder? = nil, reference: String? = nil,
        state: State, balance: Amount? = nil, settled: Timestamp
    ) {
        self.eid = eid
        self.kind = kind
        self.order = order
        self.tariff = tariff
        self.reference = reference
        self.state = state
        self.balance = balance
        self.settled = settled
    }

    func with(_ state: State, balance: Amount? = nil, at time: Timestamp) -> Self {
        Self(
            eid: eid, kind: kind, order: order, tariff: tariff, reference: reference, state: state, balance: balance,
            settled: time)
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
        let content = tariff.map { "\($0)" } ?? "\(order.amount) \(order.currency)"
        return "\(kind.operation) \(htxn) of \(eid): \(order.service), \(content), "
            + "ordered \(order.time.dateTime), \(state)\(balance)\(reference)"
    }
}
