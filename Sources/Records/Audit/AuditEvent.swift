public import Issuing
public import Ledger
public import ValueProtocol

/// The content of an audit trail entry, as typed values.
///
/// The trail stores `encoded`, never a sentence: text is generated for display only, and may change at any time.
public enum AuditEvent: Sendable, Hashable {
    /// A transaction in its new state: ordered, settled, or sent again.
    case transaction(CreditTransaction)
    /// A purse's balance.
    case balance(UtilityService, Amount, BalanceBasis)
    /// The element's new status at the host, and the reason given by a person.
    case elementStatus(ElementStatus, reason: String?)
    /// A person resolved a transaction whose outcome the element could no longer report.
    case resolution(ManualResolution)
    /// The element had applied a higher transaction than these records contained.
    case numberGap(applied: HostTransaction, known: HostTransaction)
    /// Value was assigned to another element.
    case carryOver(CarryOver)
    /// A purse was created, or bound to a meter.
    case purse(Bind)
    /// The element proved this outcome of a transaction whose recorded one, often resolved by a person, is another; the
    /// record stays as it was.
    case contradiction(CreditTransaction)
    /// The books and what an element reported differ.
    case difference(BookDifference)
    /// They do not any more.
    case differenceEnd(DifferenceID, DifferenceEnd)
    /// Two people moved value in the books.
    case correction(CorrectionOrder)
    /// A meter was read for the last time.
    case finalReading(FinalReading)
    /// The table that waits to be sent to a meter for an effective time; nil once none does.
    case queuedTariff(effective: Timestamp, QueuedTariff?)
    /// The local time of a meter.
    case calendar(MeterCalendar)
    /// The issuing desk's journal: what it did with the element, or is about to do.
    case issuing(IssueEvent)

    /// The number of an event; a number never gets another meaning.
    public enum Kind: UInt8, Sendable, Hashable, CaseIterable {
        case transaction = 1
        case balance = 2
        case elementStatus = 3
        case resolution = 4
        case numberGap = 5
        case carryOver = 6
        case purse = 7
        case contradiction = 8
        case difference = 9
        case differenceEnd = 10
        case correction = 11
        case finalReading = 16
        case queuedTariff = 17
        case calendar = 18
        case issuing = 19
    }

    public var kind: Kind {
        switch self {
        case .transaction: .transaction
        case .balance: .balance
        case .elementStatus: .elementStatus
        case .resolution: .resolution
        case .numberGap: .numberGap
        case .carryOver: .carryOver
        case .purse: .purse
        case .contradiction: .contradiction
        case .difference: .difference
        case .differenceEnd: .differenceEnd
        case .correction: .correction
        case .finalReading: .finalReading
        case .queuedTariff: .queuedTariff
        case .calendar: .calendar
        case .issuing: .issuing
        }
    }

    /// The subject. The records must agree with the last entry on each subject of an element.
    public var subject: AuditSubject {
        let number: UInt64 =
            switch self {
            case .transaction(let transaction), .contradiction(let transaction): transaction.htxn.rawValue
            case .balance(let service, _, _): UInt64(service.rawValue)
            case .elementStatus, .numberGap, .correction, .finalReading, .calendar, .issuing: 0
            case .resolution(let resolution): resolution.htxn.rawValue
            case .carryOver(let carry): UInt64(carry.service.rawValue)
            case .purse(let purse): UInt64(purse.service.rawValue)
            case .difference(let difference): difference.id.rawValue
            case .differenceEnd(let id, _): id.rawValue
            case .queuedTariff(let effective, _): UInt64(effective.rawValue)
            }
        return AuditSubject(kind, number)
    }
}

/// The subject of audit entries on an element: the kind of event, and its number among those of the element.
///
/// The number is an HTXN for transactions, resolutions and contradictions, a service for balances,
/// carry-overs and purses, that of a difference, the effective time of a queued table, otherwise 0.
public struct AuditSubject: Sendable, Hashable {
    public let kind: AuditEvent.Kind
    public let number: UInt64

    public init(_ kind: AuditEvent.Kind, _ number: UInt64 = 0) {
        self.kind = kind
        self.number = number
    }
}

/// How a balance became known; the numbers are stored.
public enum BalanceBasis: UInt8, Sendable, Hashable, CaseIterable {
    /// The element proved it.
    case proven = 0
    /// It follows from a transaction that a person resolved as applied; the next proof replaces it.
    case resolved = 1
}

/// A person's resolution of a transaction that no element can settle any more.
public struct ManualResolution: Sendable, Hashable {
    public let htxn: HostTransaction
    /// Whether the element applied it.
    public let applied: Bool
    public let person: String
    public let reason: String

    public init(htxn: HostTransaction, applied: Bool, person: String, reason: String) {
        self.htxn = htxn
        self.applied = applied
        self.person = person
        self.reason = reason
    }
}

extension AuditEvent: CustomStringConvertible {
    /// For debugging; do not compare it.
    public var description: String {
        switch self {
        case .transaction(let transaction): "\(transaction)"
        case .balance(let service, let amount, let basis): "balance of \(service): \(amount), \(basis)"
        case .elementStatus(let status, let reason): "\(status)\(reason.map { ": \($0)" } ?? "")"
        case .resolution(let resolution):
            "HTXN \(resolution.htxn) resolved as \(resolution.applied ? "applied" : "not applied") by "
                + "\(resolution.person): \(resolution.reason)"
        case .numberGap(let applied, let known):
            "the element has applied up to HTXN \(applied), these records know \(known)"
        case .carryOver(let carry): "\(carry.amount.money(in: carry.currency)) of \(carry.service) to \(carry.to)"
        case .purse(let purse):
            "purse of \(purse.service): at most \(purse.limit.money(in: purse.currency)), meter \(purse.meter)"
        case .contradiction(let proven): "the element proved otherwise: \(proven)"
        case .difference(let difference): "difference \(difference.id): \(difference)"
        case .differenceEnd(let id, .explained): "difference \(id): explained by a report"
        case .differenceEnd(let id, .superseded): "difference \(id): it is another amount now"
        case .differenceEnd(let id, .resolved(let approval)): "difference \(id): resolved by \(approval)"
        case .correction(let order):
            "\(order.amount.money(in: order.currency)) from \(order.from) to \(order.to), by \(order.approval)"
        case .finalReading(let reading): "final reading: \(reading)"
        case .queuedTariff(_, let queued?): "to be sent: \(queued.order)"
        case .queuedTariff(let effective, nil): "none is to be sent any more for \(effective.dateTime)"
        case .calendar(let calendar): "\(calendar)"
        case .issuing(let event): "\(event)"
        }
    }
}
