public import Ledger

/// Why the host itself did not send an order.
public enum DeclineReason: Sendable, Hashable, CustomStringConvertible {
    /// An amount of zero, or the one that means the whole balance.
    case noAmount
    /// The element is lost, blocked or replaced.
    case status(ElementStatus)
    /// An earlier transaction with this element needs manual resolution.
    case needsManualResolution(CreditTransaction)
    /// The transaction to be retried is not the element's newest, or not proven to be not applied.
    case notToRetry(CreditTransaction)
    /// The meter holds another table for the same later time: the order would take its place.
    case tariffAhead(CreditTransaction)
    /// The meter holds as many tables for later as it keeps, and this is the last of them: none is left for an earlier time.
    case noPlaceAhead(CreditTransaction)
    /// The ledger refuses it: the books of a purse, a float or what is set aside do not hold as much.
    case books(LedgerError.Code)

    public var description: String {
        switch self {
        case .noAmount: "no amount to store or refund"
        case .status(let status): "the element is \(status)"
        case .needsManualResolution(let transaction): "this has to be resolved first: \(transaction)"
        case .notToRetry(let transaction): "this cannot be retried; order anew instead of: \(transaction)"
        case .tariffAhead(let transaction): "the meter holds another table for that time: \(transaction)"
        case .noPlaceAhead(let transaction):
            "the meter holds \(CreditTransaction.maxTariffsAhead) tables ahead, the last of them: \(transaction)"
        case .books(.notEnoughValue): "by the books it does not hold enough"
        case .books(.overLimit): "with what is in doubt, the purse would hold more than it may"
        case .books(let code): "the books refuse it: \(code)"
        }
    }
}
