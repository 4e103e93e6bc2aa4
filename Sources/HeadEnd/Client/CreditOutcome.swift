public import Records
public import ValueProtocol

/// The outcome of an order.
public enum CreditOutcome: Sendable, Hashable {
    /// The element proved that it was applied, now or in an earlier attempt with the same reference.
    case done(CreditTransaction)
    /// The element proved that it refused; the transaction's state has the reason. Nothing was changed.
    case refused(CreditTransaction)
    /// The host's own rules forbid it; nothing was sent.
    case declined(DeclineReason)
    /// The meter holds a table for an earlier time: this one waits in the records, and is sent once that is in force.
    case queued(QueuedTariff)
}

/// An order's outcome, and the transactions that the same contact resolved before.
public struct CreditResult: Sendable, Hashable {
    public let outcome: CreditOutcome
    /// Transactions that had been in doubt, with their outcomes.
    public let recovered: [CreditTransaction]
    /// Whether the order repeats one that was done before, so that nothing was sent now.
    public let isRepeated: Bool
    /// A meter's value and debt after an order that was done now; nil of a card, or where it was not told.
    public let account: MeterAccount?

    public init(
        outcome: CreditOutcome, recovered: [CreditTransaction], isRepeated: Bool = false, account: MeterAccount? = nil
    ) {
        self.outcome = outcome
        self.recovered = recovered
        self.isRepeated = isRepeated
        self.account = account
    }
}

extension CreditResult {
    /// The receipt of a completed order; nil if it was not completed.
    ///
    /// - Throws: `HostError` of the record file.
    public func receipt(from records: any RecordStore) throws(HostError) -> Receipt? {
        guard case .done(let transaction) = outcome else { return nil }
        return try records.receipt(transaction.htxn, of: transaction.eid)
    }
}
