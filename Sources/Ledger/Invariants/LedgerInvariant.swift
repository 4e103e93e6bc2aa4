/// What always holds of a ledger, after every step.
///
/// Each can be checked of a whole ledger (``violations(in:)``), and of what one order changed (``StepCheck``). What a
/// query of a store's rows has to find is said with each; any row that it finds is a violation. Rows are those of
/// facts, transfers, steps of transfers, entries, balances, receipts, keys, elements, purses, debits by card and meter,
/// and differences.
public enum LedgerInvariant: String, Sendable, Hashable, CaseIterable {
    /// For each currency, the balances of all accounts sum to 0.
    ///
    /// Query: balances grouped by currency whose sum is not 0.
    case conservation
    /// The entries of each step of a transfer sum to 0, for each currency.
    ///
    /// Query: entries grouped by fact and currency whose sum is not 0; and transfers whose posted entries, summed by
    /// account over all steps, are not minus the amount for `from` and the amount for `to`.
    case balancedTransfers
    /// The balance of each account is the sum of its entries.
    ///
    /// Query: entries grouped by account and currency, joined in full with balances, where the sum and the balance
    /// differ or one of them is missing.
    case balanceIsSumOfEntries
    /// What is pending is never below 0: in doubt, and from each account.
    ///
    /// Query: balances of kind `inDoubt` below 0; and transfers whose last step is pending, grouped by `from` and
    /// currency, whose sum is not the account's pending amount.
    case pendingNotNegative
    /// A float, a subscriber's value and what is set aside cover what is pending from them.
    ///
    /// What is pending has left the account, so the balance is what is free. Query: balances of kinds `reseller`,
    /// `subscriber`, `carried` and `left` below 0.
    case floatCoversPending
    /// Only one transaction is open with an element at a time.
    ///
    /// Query: transfers whose last step is pending, grouped by element, that are more than one; and elements whose open
    /// transfer is not that one.
    case oneOpenPerElement
    /// The HTXNs of an element go strictly up.
    ///
    /// Query: transfers joined with those of the same element and a lower number, whose HTXN is not lower.
    case numbersAscend
    /// A posted transfer has one receipt, and a receipt one posted transfer.
    ///
    /// Query: posted steps grouped by transfer, or by receipt, that are more than one; and posted steps and receipts,
    /// joined in full, where one is missing.
    case receiptPerTransfer
    /// A key names one order.
    ///
    /// Query: facts of kind `ordered` grouped by key that are more than one; and facts and transfers whose key has
    /// none.
    case keyOnce
    /// Nothing changes but by the facts of an order that was accepted.
    ///
    /// Query: numbers of facts that are missing between 1 and the highest; facts whose order began later, or before the
    /// facts of another; and transfers, receipts, purses and differences that no fact brought.
    case refusalChangesNothing
    /// What the seller issued is known to be somewhere, or is in doubt, and what is in doubt is that of transactions
    /// that are open and of debits that are neither credited nor left behind.
    ///
    /// Query: balances of kind `inDoubt`, joined in full with the sum of the amounts of open transfers by purse and of
    /// drawn − credited − left by meter, where they differ.
    case inDoubtAndKnownAreAll
    /// What each element reported is what the books say, but for what is in doubt and differences that are open.
    ///
    /// Query: purses where the proven balance − the balance − what was set aside is not the amount of the open
    /// difference (below 0 for value that is missing); balances of kind `purse` and `reseller` below 0 without an open
    /// difference of that amount; and debits by card and meter whose untold amount has none.
    case reportsAgree
}

/// What violates an invariant.
public struct LedgerViolation: Sendable, Hashable, CustomStringConvertible {
    public let invariant: LedgerInvariant
    /// The account, transfer, element, key or fact concerned.
    public let subject: String

    package init(_ invariant: LedgerInvariant, _ subject: some CustomStringConvertible) {
        self.invariant = invariant
        self.subject = "\(subject)"
    }

    /// `conservation: EUR`
    public var description: String { "\(invariant.rawValue): \(subject)" }
}

extension LedgerInvariant {
    /// What violates it in a ledger; the effort grows with the number of facts.
    public func violations(in ledger: GeneralLedger) -> [LedgerViolation] {
        let found: [String] =
            switch self {
            case .conservation: WholeCheck.unconserved(ledger)
            case .balancedTransfers: WholeCheck.unbalanced(ledger)
            case .balanceIsSumOfEntries: WholeCheck.wrongBalances(ledger)
            case .pendingNotNegative: WholeCheck.wrongPending(ledger)
            case .floatCoversPending: WholeCheck.overdrawn(ledger)
            case .oneOpenPerElement: WholeCheck.doublyOpen(ledger)
            case .numbersAscend: WholeCheck.descending(ledger)
            case .receiptPerTransfer: WholeCheck.wrongReceipts(ledger)
            case .keyOnce: WholeCheck.wrongKeys(ledger)
            case .refusalChangesNothing: WholeCheck.withoutFacts(ledger)
            case .inDoubtAndKnownAreAll: WholeCheck.unexplainedDoubt(ledger)
            case .reportsAgree: WholeCheck.disagreeing(ledger)
            }
        return found.map { LedgerViolation(self, $0) }
    }

    /// What violates any invariant in a ledger.
    public static func allViolations(in ledger: GeneralLedger) -> [LedgerViolation] {
        allCases.flatMap { $0.violations(in: ledger) }
    }
}
