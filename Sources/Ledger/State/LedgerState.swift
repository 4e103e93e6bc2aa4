package import ValueProtocol

/// What facts add up to: each table is one that a store can keep as rows.
package struct LedgerState: Sendable, Equatable {
    package var balances = Table<AccountInCurrency, Int128>()
    /// What left each account and is pending.
    package var pending = Table<AccountInCurrency, Int128>()
    package var transfers = Table<TransferID, Transfer>()
    package var receipts = Table<ReceiptNumber, TransferID>()
    package var keys = Table<IdempotencyKey, AcceptedOrder>()
    package var elements = Table<PartyID, ElementState>()
    package var purses = Table<PurseID, PurseState>()
    package var pairs = Table<CardAtMeter, PairState>()
    package var leftDebits = Table<LeftDebitID, LeftState>()
    package var differences = Table<DifferenceID, DifferenceState>()
    /// The newest difference of each subject.
    package var subjects = Table<BookDifference.Subject, DifferenceID>()

    package var factCount: UInt64 = 0
    package var transferCount: UInt64 = 0
    package var receiptCount: UInt64 = 0
    package var differenceCount: UInt64 = 0

    /// The same state, on which changes can be tried.
    var overlay: LedgerState {
        var copy = self
        copy.balances = balances.overlay
        copy.pending = pending.overlay
        copy.transfers = transfers.overlay
        copy.receipts = receipts.overlay
        copy.keys = keys.overlay
        copy.elements = elements.overlay
        copy.purses = purses.overlay
        copy.pairs = pairs.overlay
        copy.leftDebits = leftDebits.overlay
        copy.differences = differences.overlay
        copy.subjects = subjects.overlay
        return copy
    }

    /// Of an overlay, what was tried, without the state beneath: nothing else holds that any more, so that it can be changed
    /// in place.
    var changes: LedgerState {
        var copy = self
        copy.balances = balances.changes
        copy.pending = pending.changes
        copy.transfers = transfers.changes
        copy.receipts = receipts.changes
        copy.keys = keys.changes
        copy.elements = elements.changes
        copy.purses = purses.changes
        copy.pairs = pairs.changes
        copy.leftDebits = leftDebits.changes
        copy.differences = differences.changes
        copy.subjects = subjects.changes
        return copy
    }

    /// Keeps the `changes` of an overlay of this state.
    package mutating func keep(_ changes: LedgerState) {
        balances.keep(changes.balances)
        pending.keep(changes.pending)
        transfers.keep(changes.transfers)
        receipts.keep(changes.receipts)
        keys.keep(changes.keys)
        elements.keep(changes.elements)
        purses.keep(changes.purses)
        pairs.keep(changes.pairs)
        leftDebits.keep(changes.leftDebits)
        differences.keep(changes.differences)
        subjects.keep(changes.subjects)
        factCount = changes.factCount
        transferCount = changes.transferCount
        receiptCount = changes.receiptCount
        differenceCount = changes.differenceCount
    }

    package init() {}

    package func balance(_ account: Account, _ currency: Currency) -> Int128 {
        balances[AccountInCurrency(account, currency)] ?? 0
    }
}

/// An account has a balance for each currency.
package struct AccountInCurrency: Sendable, Hashable {
    package let account: Account
    package let currency: Currency

    package init(_ account: Account, _ currency: Currency) {
        self.account = account
        self.currency = currency
    }
}

/// An order by its key.
package struct AcceptedOrder: Sendable, Hashable {
    package var request: LedgerRequest
    package var transfers: [TransferID] = []

    package init(request: LedgerRequest) { self.request = request }
}

package struct ElementState: Sendable, Hashable {
    /// The transfer that is pending with it.
    package var open: TransferID?
    package var highest = HostTransaction.none
    /// Of the newest report.
    package var nt: UInt32?
    package var clock: Timestamp?
    /// A meter's highest total of value used.
    package var spent: Amount?
    package var replacement: ElementReplacement?
    /// Whether a report has come since it was replaced.
    package var isReportedSince = false
    package var purses: [PurseID] = []
    /// The meters that a card was seen at, or the cards that were seen at a meter.
    package var partners: [PartyID] = []
    /// The debits left behind at a meter.
    package var leftDebits: [LeftDebitID] = []
}

package struct PurseState: Sendable, Hashable {
    package var terms: PurseTerms
    /// The balance by the element's last word and what was done since, without what is in doubt; nil before its first.
    package var proven: Int128?
    /// What was set aside for a successor, though the element itself may still hold it.
    package var setAside: Int128 = 0

    package init(terms: PurseTerms) { self.terms = terms }
}

/// What a card gave at a meter, in all. What was given and neither credited nor left behind is in doubt.
package struct PairState: Sendable, Hashable {
    package var currency: Currency
    package var drawn: Int128 = 0
    package var credited: Int128 = 0
    /// Of what was credited, what only the meter's balance shows.
    package var shown: Int128 = 0
    package var left: Int128 = 0
    /// Of what was drawn, what the card itself has not told of.
    package var untold: Int128 = 0
    /// The last debit that the meter is known to have credited.
    package var creditedNT: UInt32 = 0

    package init(currency: Currency) { self.currency = currency }

    package var inDoubt: Int128 { drawn - credited - left }
}

package struct LeftState: Sendable, Hashable {
    package var currency: Currency
    package var amount: Amount
    package var isProven = false
    /// The first NT that each card showed to the host after the BIND's answer.
    package var shown: [PartyID: UInt32] = [:]

    package init(currency: Currency, amount: Amount) {
        self.currency = currency
        self.amount = amount
    }
}

package struct DifferenceState: Sendable, Hashable {
    package var difference: BookDifference
    /// Nil while it is open.
    package var end: DifferenceEnd?

    package init(difference: BookDifference) { self.difference = difference }
}
