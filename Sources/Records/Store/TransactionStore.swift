public import ValueProtocol

/// The transactions of a host, and the steps at which one is recorded (protocol §7).
public protocol TransactionStore {
    /// The transactions with `eid`, by HTXN; of every element if it is nil.
    func transactions(of eid: PartyID?) throws(HostError) -> [CreditTransaction]

    /// One transaction; nil if there is none with that number.
    func transaction(_ htxn: HostTransaction, of eid: PartyID) throws(HostError) -> CreditTransaction?

    /// Every transaction that is in doubt or needs manual resolution.
    func unsettled() throws(HostError) -> [CreditTransaction]

    /// The receipt of a settled transaction; nil if there is none with that number or it is not settled yet.
    func receipt(_ htxn: HostTransaction, of eid: PartyID) throws(HostError) -> Receipt?

    /// The transaction with `eid` that is in doubt, if any.
    func transactionInDoubt(with eid: PartyID) throws(HostError) -> CreditTransaction?

    /// Records the intent with a new HTXN above all those known to the records and the element, or with the previous
    /// HTXN of a reference proven not to be applied. The EXECUTE may be sent once this has returned.
    ///
    /// - Parameters:
    ///   - request: what is ordered.
    ///   - eid: of which element.
    ///   - elementHighest: the highest HTXN that the element has applied, as it proved in this session.
    ///   - time: of the order.
    /// - Throws: `HostError` `.openTransaction` while one is in doubt, `.otherOrder` if the reference was given to
    ///   another order, `.recordsBehind` if the element has applied more than these records know, its newest order's
    ///   number where that order was not applied included, `.numbersUsedUp`.
    func begin(
        _ request: CreditRequest, of eid: PartyID, elementHighest: HostTransaction, at time: Timestamp
    ) throws(HostError) -> StartedTransaction

    /// Accepts that the element has applied orders which these records do not know, because they were lost or are old:
    /// orders go on above them. Where the newest order is on record as not applied, the element may have applied it since:
    /// it is in doubt again.
    ///
    /// - Parameters:
    ///   - highest: the highest HTXN that the element has applied, as it proved in this session.
    ///   - eid: the element.
    ///   - time: when.
    /// - Returns: what these records do not know; nil if they know all.
    /// - Throws: `HostError` `.booksRefuse` if the ledger cannot cover the order that is in doubt again.
    func acceptNumbers(
        upTo highest: HostTransaction, of eid: PartyID, at time: Timestamp
    ) throws(HostError) -> NumberGap?

    /// Records that a transaction proven not to be applied is sent again.
    ///
    /// - Throws: `HostError` `.noSuchTransaction`, `.recordsBehind` as `begin`.
    func beginAgain(
        _ htxn: HostTransaction, of eid: PartyID, elementHighest: HostTransaction, at time: Timestamp
    ) throws(HostError) -> StartedTransaction

    /// The tables that wait to be sent to a meter, by effective time.
    func queuedTariffs(of meter: PartyID) throws(HostError) -> [QueuedTariff]

    /// The tables that a meter holds for a later time than `time`, by the records, ascending by that.
    func tariffsAhead(of meter: PartyID, at time: Timestamp) throws(HostError) -> [CreditTransaction]

    /// Records that the table which waits for `effective` is not to be sent any more.
    ///
    /// - Returns: whether one waited.
    func dequeueTariff(effective: Timestamp, of meter: PartyID, at time: Timestamp) throws(HostError) -> Bool

    /// Records the outcome of a transaction in doubt, with the balance that the element proved.
    ///
    /// - Returns: the transaction as it is now, which another process may have settled before, with the same effect.
    /// - Throws: `HostError` `.noSuchTransaction`; `.contradicted` if it is recorded as done and the element proved that
    ///   it is not, or the reverse. The record stays as it was then, and the audit trail holds the proof.
    func conclude(
        _ transaction: CreditTransaction, as state: CreditTransaction.State, balance: Amount?, at time: Timestamp
    ) throws(HostError) -> CreditTransaction

    /// Settles what no element can settle any more: a person has checked the facts and takes responsibility.
    ///
    /// This applies to transactions that STATUS left to manual resolution, and those in doubt with an element that is
    /// lost, blocked or replaced.
    ///
    /// - Parameters:
    ///   - htxn: the transaction.
    ///   - eid: the element that it is with.
    ///   - applied: whether the element applied it.
    ///   - person: who resolves it.
    ///   - reason: why; both are recorded in the audit trail.
    ///   - time: when.
    /// - Throws: `HostError` `.noSuchTransaction`, `.notResolvable`; `.booksBroken` if the balance would exceed 64 bits.
    func resolve(
        _ htxn: HostTransaction, of eid: PartyID, applied: Bool, by person: String, because reason: String,
        at time: Timestamp
    ) throws(HostError) -> CreditTransaction
}

/// What an element has applied and the records do not know.
public struct NumberGap: Sendable, Hashable {
    /// The highest number that they have.
    public let known: HostTransaction
    /// The highest number that the element has applied.
    public let applied: HostTransaction
    /// The order that they had as not applied, and which is in doubt again; nil if there is none.
    public let doubted: CreditTransaction?

    public init(known: HostTransaction, applied: HostTransaction, doubted: CreditTransaction? = nil) {
        self.known = known
        self.applied = applied
        self.doubted = doubted
    }
}

/// What to do with an order, once it is in the store.
public enum StartedTransaction: Sendable, Hashable {
    /// It is stored as in doubt: send it.
    case send(CreditTransaction)
    /// An earlier order with the same reference was done.
    case alreadyDone(CreditTransaction)
    /// Nothing was stored; do not send it.
    case declined(DeclineReason)
    /// The meter holds as many tables for earlier times as it keeps: this one waits in the records; do not send it yet.
    case queued(QueuedTariff)
}
