public import Ledger
public import ValueProtocol

/// The ledger of a host: where all value is, and what elements reported that the books do not explain.
///
/// What happens with elements is booked by the calls that record it. Here is what people decide, and what can be read.
public protocol LedgerStore {
    /// The balances that are not 0, by account and currency.
    func ledgerBalances() throws(HostError) -> [LedgerBalance]

    /// All transfers with what became of each; those that concern an account, if one is given.
    func transfers(of account: Account?) throws(HostError) -> [Transfer]

    /// The differences that are open, by number.
    func differences() throws(HostError) -> [BookDifference]

    /// Records a debit that a slot of `card` left behind when it made way, as the BIND's answer told it; once.
    ///
    /// - Parameters:
    ///   - debit: which its meter may not have credited.
    ///   - service: of the purse.
    ///   - card: whose balance was recorded before.
    ///   - time: when.
    func recordLeft(
        _ debit: LeftDebit, of service: UtilityService, on card: PartyID, at time: Timestamp
    ) throws(HostError)

    /// Does an order of people's own: a purchase, a correction, the resolution of a difference, the payment of a debit that
    /// was left behind, the release or assignment of a replaced element's value.
    ///
    /// - Parameter order: its key is the caller's, and does not begin with an element's identifier.
    /// - Throws: `HostError` `.booksRefuse` with the `LedgerError` as its cause: nothing was changed.
    func book(_ order: LedgerOrder) throws(HostError) -> LedgerDecision

    /// What `release` would give back of a replaced element, by service: what is set aside for its successor, or what stays
    /// in its own books because the successor gets nothing.
    func releasableValue(of eid: PartyID, at time: Timestamp) throws(HostError) -> [RemainingValue]

    /// What violates an invariant of the ledger.
    func violations() throws(HostError) -> [LedgerViolation]
}

/// What an account holds.
public struct LedgerBalance: Sendable, Hashable {
    public let account: Account
    public let currency: Currency
    /// In micro-units; below 0 is what the account has given.
    public let amount: Int128
    /// What left it and is pending; it comes back if it is not done.
    public let pending: Int128

    public init(account: Account, currency: Currency, amount: Int128, pending: Int128) {
        self.account = account
        self.currency = currency
        self.amount = amount
        self.pending = pending
    }
}
