public import ValueProtocol

/// A movement of value from one account to another: ordered, then posted or voided.
///
/// Nothing in it is edited: what becomes of it is appended to `history`.
public struct Transfer: Sendable, Hashable, Identifiable {
    public let id: TransferID
    /// The key of the order that made it.
    public let key: IdempotencyKey
    public let kind: TransferKind
    public let currency: Currency
    /// Micro-units, above 0.
    public let amount: Int64
    public let from: Account
    public let to: Account
    /// The transaction with an element that carries it out; nil if none does.
    public let transaction: ElementTransaction?
    /// The card whose debit it is; nil for other kinds.
    public let card: PartyID?
    /// Who answers for it; nil unless people decided it.
    public let approval: Approval?
    /// What became of it, the oldest first.
    public package(set) var history: [TransferStep] = []

    package init(
        id: TransferID, key: IdempotencyKey, kind: TransferKind, currency: Currency, amount: Int64, from: Account,
        to: Account, transaction: ElementTransaction? = nil, card: PartyID? = nil, approval: Approval? = nil
    ) {
        self.id = id
        self.key = key
        self.kind = kind
        self.currency = currency
        self.amount = amount
        self.from = from
        self.to = to
        self.transaction = transaction
        self.card = card
        self.approval = approval
    }

    /// What is known of it now; nil before its first step.
    public var state: TransferState? { history.last?.state }

    /// Whether its outcome is unknown.
    public var isPending: Bool { state == .pending }
}

extension Transfer {
    /// The transfer that facts made, each a step of it, the oldest first; nil if they are not one transfer's.
    package init?(_ facts: [LedgerFact]) {
        switch facts.first?.change {
        case .opened(let transfer, _)?, .booked(let transfer, _, _)?: self = transfer
        default: return nil
        }
        for fact in facts {
            guard fact.change.transfer == id, let state = fact.change.state else { return nil }
            history.append(TransferStep(fact: fact.number, time: fact.time, state: state, entries: fact.change.entries))
        }
    }
}

/// The number of a transfer in its ledger, from 1 without a gap.
public struct TransferID: RawRepresentable, Sendable, Hashable, Comparable, CustomStringConvertible {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    public var description: String { String(rawValue) }
    public static func < (a: TransferID, b: TransferID) -> Bool { a.rawValue < b.rawValue }
}

/// STORE CREDIT or REFUND, by which an element carries a transfer out: purse and HTXN (protocol §4).
public struct ElementTransaction: Sendable, Hashable {
    public let purse: PurseID
    public let htxn: HostTransaction

    public init(_ purse: PurseID, _ htxn: HostTransaction) {
        self.purse = purse
        self.htxn = htxn
    }
}

/// What a transfer is for; the numbers are stored, and a number never gets another meaning.
public enum TransferKind: UInt8, Sendable, Hashable, CaseIterable {
    /// A subscriber pays.
    case purchase = 1
    /// STORE CREDIT.
    case load = 2
    /// REFUND.
    case refund = 3
    /// A debit that the card's balance showed.
    case draw = 4
    /// A debit that the meter told of before the card did.
    case untoldDraw = 5
    /// A meter has put a card's debit to its purse.
    case redemption = 6
    /// A meter has turned value into energy or water.
    case delivery = 7
    /// A meter supplied without value.
    case advance = 8
    /// A meter's debt was repaid.
    case repayment = 9
    /// A debit that a slot left behind is set aside.
    case leaving = 10
    /// A debit that was left behind is paid.
    case leftPayment = 11
    /// The value of a replaced element is set aside.
    case replacement = 12
    /// The successor of a replaced element gets its value, by STORE CREDIT.
    case carryOver = 13
    /// A debt goes to the successor of an exchanged meter.
    case exchange = 14
    /// The value of a replaced element is paid out and not carried over.
    case release = 15
    /// Two people corrected the books.
    case correction = 16
    /// Two people accepted that a purse gave more than the books held.
    case writeOff = 17
    /// What had looked like a debit that the card has not told of was one that a slot left behind.
    case leftCredited = 18
    /// A meter's balance shows that it has put a card's debit to its purse; or its totals show that it has not.
    case shownRedemption = 19

    /// Whether the element's own balance moves with it, and not just the books.
    package var movesElement: Bool {
        switch self {
        case .replacement, .exchange, .correction, .writeOff: false
        default: true
        }
    }
}
