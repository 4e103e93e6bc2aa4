/// What became of an order.
public enum CreditOutcome: Sendable, Hashable {
    /// The element proved that it was applied, now or at an earlier try of the same reference.
    case done(CreditTransaction)
    /// The element proved that it refused; its state tells why. Nothing was changed.
    case refused(CreditTransaction)
    /// The host's own rules forbid it; nothing was sent.
    case declined(DeclineReason)
}

/// Why the host itself did not send an order.
public enum DeclineReason: Sendable, Hashable, CustomStringConvertible {
    /// An amount of nothing, or one that stands for all.
    case noAmount
    /// The element is lost, blocked or replaced.
    case standing(ElementStatus)
    /// An earlier transaction with this element is for a person to decide.
    case needsPerson(CreditTransaction)
    /// The transaction to be tried again is not the element's newest, or is not known as not applied.
    case notToRetry(CreditTransaction)

    public var description: String {
        switch self {
        case .noAmount: "there is no amount to store or refund"
        case .standing(let standing): "the element is \(standing)"
        case .needsPerson(let transaction): "a person has to decide first on: \(transaction)"
        case .notToRetry(let transaction): "this is not to be tried again; order anew instead of: \(transaction)"
        }
    }
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
