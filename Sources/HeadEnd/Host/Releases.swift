public import Ledger
public import Records
public import ValueProtocol

/// Refunds of what a replaced element held.
extension HostContext {
    /// What its successor has not got, and can be given back: what is set aside for it, or by `CarryRule.none` stays in the
    /// books.
    ///
    /// - Throws: `WorkplaceError` `.unknownElement`, `.inUse` if it was not replaced; `HostError` of the records.
    public func releasable(of old: PartyID) throws -> [RemainingValue] {
        guard let element = try records.element(old) else { throw WorkplaceError(.unknownElement, "\(old)") }
        guard element.status.replacement != nil else { throw WorkplaceError(.inUse, "\(old)") }
        return try records.releasableValue(of: old, at: clock())
    }

    /// Gives that back to the seller in the books, each purse once; no element is told anything.
    ///
    /// - Returns: what was moved now.
    /// - Throws: as `releasable(of:)`; `HostError` `.booksRefuse` while an order with the successor is in doubt.
    public func release(_ old: PartyID) throws -> [Transfer] {
        try releasable(of: old).flatMap { value -> [Transfer] in
            let order = LedgerOrder(
                key: IdempotencyKey("release \(old) \(value.service.rawValue)"), time: clock(),
                .release(PurseID(old, value.service), to: .seller))
            return try records.book(order).facts.compactMap { Transfer([$0]) }
        }
    }
}
