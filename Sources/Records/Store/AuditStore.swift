public import ValueProtocol

/// The audit trail: a chain of entries, each hashed with the hash before it.
public protocol AuditStore {
    /// The audit trail's newest mark; nil while it is empty.
    func auditMark() throws(HostError) -> AuditMark?

    /// The audit trail, oldest first; of one element where `eid` is given.
    func auditTrail(of eid: PartyID?) throws(HostError) -> [AuditEntry]

    /// Checks the whole store: its own structure, the hash chain from its origin on, that the chain still holds the marks
    /// that were noted elsewhere, and that the records are what the trail last said of them.
    ///
    /// - Parameter marks: from receipts, or noted with a backup. They alone tell whether the trail's end was cut off.
    /// - Returns: how many entries there are.
    /// - Throws: `HostError` `.corrupt`, `.auditBroken` naming the first entry or record that does not hold.
    @discardableResult
    func verify(against marks: [AuditMark]) throws(HostError) -> Int
}
