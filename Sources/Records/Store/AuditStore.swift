public import ValueProtocol

/// The audit trail: a hash chain of entries, in which each hash covers the previous one.
public protocol AuditStore {
    /// The audit trail's newest mark; nil while it is empty.
    func auditMark() throws(HostError) -> AuditMark?

    /// The newest mark of each server that has a part of the records; where one store has them all, `auditMark()`.
    func auditMarks() throws(HostError) -> [AuditMark]

    /// The audit trail, oldest first; of one element if `eid` is given.
    func auditTrail(of eid: PartyID?) throws(HostError) -> [AuditEntry]

    /// Whether the trail has the entry of a mark.
    func contains(_ mark: AuditMark) throws(HostError) -> Bool

    /// Checks the whole store: its own structure, the hash chain from its origin, that the chain contains the marks
    /// noted elsewhere, and that the records agree with the last entries of the trail.
    ///
    /// - Parameter marks: from receipts, or noted with a backup. Only they show whether the end of the trail was cut
    ///   off.
    /// - Returns: the number of entries.
    /// - Throws: `HostError` `.corrupt`, `.auditBroken` with the first invalid entry or record.
    @discardableResult
    func verify(against marks: [AuditMark]) throws(HostError) -> Int
}

extension AuditStore {
    public func auditMarks() throws(HostError) -> [AuditMark] { try [auditMark()].compactMap(\.self) }
}
