/// What to do with an order, once it is in the store.
public enum StartedTransaction: Sendable, Hashable {
    /// It is stored as in doubt: send it.
    case send(CreditTransaction)
    /// An earlier order with the same reference was done.
    case alreadyDone(CreditTransaction)
    /// Nothing was stored; do not send it.
    case declined(DeclineReason)
}
