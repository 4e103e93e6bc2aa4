/// What the payer receives: the transaction and the audit trail's mark, so that rewriting the trail is detectable.
public struct Receipt: Sendable, Hashable, CustomStringConvertible {
    public let transaction: CreditTransaction
    /// The entry of the audit trail that recorded its outcome.
    public let mark: AuditMark

    public init(transaction: CreditTransaction, mark: AuditMark) {
        self.transaction = transaction
        self.mark = mark
    }

    public var description: String { "\(transaction)\naudit \(mark)" }
}
