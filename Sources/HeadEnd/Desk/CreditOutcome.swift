public import Records

/// What became of an order.
public enum CreditOutcome: Sendable, Hashable {
    /// The element proved that it was applied, now or at an earlier try of the same reference.
    case done(CreditTransaction)
    /// The element proved that it refused; its state tells why. Nothing was changed.
    case refused(CreditTransaction)
    /// The host's own rules forbid it; nothing was sent.
    case declined(DeclineReason)
}

/// An order's outcome, and what the same contact found out before it.
public struct CreditResult: Sendable, Hashable {
    public let outcome: CreditOutcome
    /// Transactions that had been in doubt, with what is now known of them.
    public let recovered: [CreditTransaction]

    public init(outcome: CreditOutcome, recovered: [CreditTransaction]) {
        self.outcome = outcome
        self.recovered = recovered
    }
}
