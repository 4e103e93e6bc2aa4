public import ValueProtocol

/// What is known of a transfer's outcome.
public enum TransferState: Sendable, Hashable {
    /// Ordered; what it moves is in doubt.
    case pending
    /// Done.
    case posted(ReceiptNumber)
    /// Not done; the value is back where it came from.
    case voided(VoidReason)
}

/// Why a transfer was not done; the numbers are stored, and a number never gets another meaning.
public enum VoidReason: UInt8, Sendable, Hashable, CaseIterable {
    /// The element proved that it was not applied; it may be sent again under the same HTXN.
    case notApplied = 1
    /// The element proved that it refused it.
    case refused = 2
    /// A person resolved it as not applied.
    case resolved = 3
}

/// One fact in the life of a transfer, with what it moved.
public struct TransferStep: Sendable, Hashable {
    /// The number of the fact.
    public let fact: UInt64
    public let time: Timestamp
    public let state: TransferState
    /// What it moved; they sum to 0 for each currency.
    public package(set) var entries: [LedgerEntry]

    package init(fact: UInt64, time: Timestamp, state: TransferState, entries: [LedgerEntry]) {
        self.fact = fact
        self.time = time
        self.state = state
        self.entries = entries
    }
}

/// The change of one account.
public struct LedgerEntry: Sendable, Hashable {
    public let account: Account
    public let currency: Currency
    /// Micro-units; above 0 is value that the account gets.
    public let amount: Int64

    public init(_ account: Account, _ currency: Currency, _ amount: Int64) {
        self.account = account
        self.currency = currency
        self.amount = amount
    }
}

/// The number of a receipt in its ledger, from 1 without a gap. A posted transfer has one, and a receipt one transfer.
public struct ReceiptNumber: RawRepresentable, Sendable, Hashable, Comparable, CustomStringConvertible {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    public var description: String { String(rawValue) }
    public static func < (a: ReceiptNumber, b: ReceiptNumber) -> Bool { a.rawValue < b.rawValue }
}
