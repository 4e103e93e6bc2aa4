/// What is to be done about an order, once the store has it.
public enum StartedTransaction: Sendable, Hashable {
    /// It is stored as in doubt: send it.
    case send(CreditTransaction)
    /// An earlier order of the same reference was done.
    case alreadyDone(CreditTransaction)
    /// Nothing was stored; do not send it.
    case declined(DeclineReason)
}
