public import ValueProtocol

/// A transaction with an element in the records: STORE CREDIT, REFUND or CONVERT TARIFF (protocol §4, §7).
public struct CreditTransaction: Sendable, Hashable {
    /// What was ordered; the numbers, which are those of the operations, are stored.
    public enum Kind: UInt8, Sendable, Hashable, CaseIterable {
        case storeCredit = 0x01
        case convertTariff = 0x02
        case refund = 0x0A

        /// The operation that executes it.
        public var operation: OperationCode {
            switch self {
            case .storeCredit: .storeCredit
            case .convertTariff: .convertTariff
            case .refund: .refund
            }
        }

        /// The purpose of its sessions.
        package var purpose: Purpose { self == .convertTariff ? .tariff : .credit }
    }

    /// The known state of its outcome.
    public enum State: Sendable, Hashable {
        /// Recorded before the EXECUTE was sent; no proven answer yet.
        case inDoubt
        /// The element proved that it applied it.
        case done
        /// The element proved that it refused it; nothing was changed.
        case refused(BusinessStatus)
        /// The element proved that it was not applied, and it never will be unless it is sent again.
        case notApplied
        /// The element can no longer report the outcome: a person must resolve it.
        case needsManualResolution

        /// The number of a state, as stored in records and the audit trail; a number never gets another meaning.
        public enum Code: UInt8, Sendable, Hashable, CaseIterable {
            case inDoubt = 0
            case done = 1
            case refused = 2
            case notApplied = 3
            case needsManualResolution = 4
        }

        public var code: Code {
            switch self {
            case .inDoubt: .inDoubt
            case .done: .done
            case .refused: .refused
            case .notApplied: .notApplied
            case .needsManualResolution: .needsManualResolution
            }
        }

        /// Whether it is known: neither in doubt nor left to a person.
        package var isSettled: Bool { self != .inDoubt && self != .needsManualResolution }

        /// The element's status if it refused; otherwise nil.
        public var refusal: BusinessStatus? {
            if case .refused(let status) = self { status } else { nil }
        }

        /// Decodes a stored state; nil if a refusal has no reason, or another state has one.
        public init?(_ code: Code, refusal: BusinessStatus?) {
            switch (code, refusal) {
            case (.inDoubt, nil): self = .inDoubt
            case (.done, nil): self = .done
            case (.refused, let status?): self = .refused(status)
            case (.notApplied, nil): self = .notApplied
            case (.needsManualResolution, nil): self = .needsManualResolution
            default: return nil
            }
        }
    }

    /// The element.
    public let eid: PartyID
    public let kind: Kind
    /// HTXN, service, currency, amount and time of the order; a tariff's amount is 0.
    public let order: CreditOrder
    /// The table to send; nil unless it is a CONVERT TARIFF.
    public let tariff: TariffOrder?
    /// The caller's identifier of the order.
    public let reference: String?
    public let state: State
    /// The purse's balance after it, as the element proved it; nil if unknown.
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

    /// How many tables for later a meter keeps (protocol §10).
    public static let maxTariffsAhead = 4

    /// Whether the recorded outcome and `proven`, the element's, cannot both be true: one is done, the other is not.
    package func isContradicted(by proven: State) -> Bool {
        guard state != .inDoubt, proven != .needsManualResolution else { return false }
        return (state == .done) != (proven == .done)
    }

    package func with(_ state: State, balance: Amount? = nil, at time: Timestamp) -> Self {
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
        case .needsManualResolution: "needs manual resolution"
        }
    }
}

extension CreditTransaction: CustomStringConvertible {
    /// `STORE CREDIT 7 of 00A1B2C3-10-011234: gas, 10.00 EUR, ordered 2023-11-14T22:13:20Z, done, balance 12.00`
    public var description: String {
        let balance = balance.map { ", balance \($0)" } ?? ""
        let reference = reference.map { ", reference \($0)" } ?? ""
        let content = tariff.map { "\($0)" } ?? "\(order.amount.money(in: order.currency))"
        return "\(kind.operation) \(htxn) of \(eid): \(order.service), \(content), "
            + "ordered \(order.time.dateTime), \(state)\(balance)\(reference)"
    }
}
