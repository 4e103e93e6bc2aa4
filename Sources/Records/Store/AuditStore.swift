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

    /// Checks the audit trail alone: the hash chains from their origins, that they contain the marks noted elsewhere, and
    /// that the signed roots follow one another and are those of the entries.
    ///
    /// It is the part of ``verify(against:)`` that grows with the trail, without what compares the records with it.
    ///
    /// - Parameter marks: as for ``verify(against:)``.
    /// - Returns: the number of entries.
    /// - Throws: `HostError` `.auditBroken` with the first invalid entry.
    @discardableResult
    func verifyTrail(against marks: [AuditMark]) throws(HostError) -> Int

    /// The public key of the signed roots, 32 bytes of Ed25519; nil without an audit key.
    ///
    /// - Throws: `HostError` `.cipherFailed`.
    var rootKey: [UInt8]? { get throws(HostError) }

    /// Signs a root over all chains, if there are entries since the last one.
    ///
    /// - Parameter time: of the host's clock.
    /// - Returns: nil if there is nothing to sign, no audit key, or another process signed one at the same moment.
    /// - Throws: `HostError` `.auditBroken` if an entry since the last root is not good: nothing is signed.
    @discardableResult
    func signRoot(at time: Timestamp) throws(HostError) -> AuditRoot?

    /// Signs a root as ``signRoot(at:)`` does, unless the last one is less than a minute old.
    @discardableResult
    func signDueRoot(at time: Timestamp) throws(HostError) -> AuditRoot?

    /// The signed roots, oldest first.
    func roots() throws(HostError) -> [AuditRoot]

    /// Proves that a signed root covers an entry.
    ///
    /// - Returns: nil if no root covers it yet.
    /// - Throws: `HostError` `.auditBroken` if the trail has another entry at the mark's number, or the entries are not
    ///   those that the root covers.
    func proof(of mark: AuditMark) throws(HostError) -> AuditProof?
}

extension AuditStore {
    public func auditMarks() throws(HostError) -> [AuditMark] { try [auditMark()].compactMap(\.self) }
}
