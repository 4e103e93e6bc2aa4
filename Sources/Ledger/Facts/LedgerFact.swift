public import ValueProtocol

/// What a store appends: one change, by the order of its key. A ledger is what its facts, in order, make of it.
public struct LedgerFact: Sendable, Hashable {
    /// From 1 without a gap.
    public let number: UInt64
    public let key: IdempotencyKey
    public let time: Timestamp
    public package(set) var change: LedgerChange

    package init(number: UInt64, key: IdempotencyKey, time: Timestamp, _ change: LedgerChange) {
        self.number = number
        self.key = key
        self.time = time
        self.change = change
    }
}

/// What changed. The first fact of every order is `ordered`.
public enum LedgerChange: Sendable, Hashable {
    /// The order was accepted; what it tells of elements and purses is known from now on.
    case ordered(LedgerRequest)
    /// A transfer is pending: its value went to what is in doubt.
    case opened(Transfer, [LedgerEntry])
    /// A transfer was ordered and is done.
    case booked(Transfer, [LedgerEntry], ReceiptNumber)
    /// A pending transfer is done.
    case posted(TransferID, [LedgerEntry], ReceiptNumber)
    /// A pending transfer is not done.
    case voided(TransferID, [LedgerEntry], VoidReason)
    /// A transfer that was not applied is pending again.
    case reopened(TransferID, [LedgerEntry])
    /// A purse's balance by the element's own word, without what is in doubt.
    case proven(PurseID, Int128)
    /// It is proven that the meter has not credited a debit that was left behind.
    case leftProven(LeftDebitID)
    /// The books and an element differ.
    case differenceOpened(BookDifference)
    /// They do not any more.
    case differenceClosed(DifferenceID, DifferenceEnd)
}

extension LedgerChange {
    /// Whether it begins the facts of an order.
    package var isOrder: Bool { if case .ordered = self { true } else { false } }

    /// What it moved.
    public var entries: [LedgerEntry] {
        switch self {
        case .opened(_, let entries), .booked(_, let entries, _), .posted(_, let entries, _),
            .voided(_, let entries, _), .reopened(_, let entries):
            entries
        case .ordered, .proven, .leftProven, .differenceOpened, .differenceClosed: []
        }
    }

    /// The transfer that it concerns; nil if it concerns none.
    public var transfer: TransferID? {
        switch self {
        case .opened(let transfer, _), .booked(let transfer, _, _): transfer.id
        case .posted(let id, _, _), .voided(let id, _, _), .reopened(let id, _): id
        case .ordered, .proven, .leftProven, .differenceOpened, .differenceClosed: nil
        }
    }

    /// The transfer's state after it; nil if it concerns none.
    package var state: TransferState? {
        switch self {
        case .opened, .reopened: .pending
        case .booked(_, _, let receipt), .posted(_, _, let receipt): .posted(receipt)
        case .voided(_, _, let reason): .voided(reason)
        case .ordered, .proven, .leftProven, .differenceOpened, .differenceClosed: nil
        }
    }
}
