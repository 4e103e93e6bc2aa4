public import ValueProtocol

/// What can be read from a host's records and changed in them: elements, transactions, the ledger, meters' records, and
/// the audit trail.
///
/// A change and its entry in the audit trail are made together or not at all. Every call throws the store's `HostError`
/// besides those it names.
public protocol RecordAccess: ElementRegister, ElementStore, TransactionStore, LedgerStore, MeterStore, AuditStore {}

/// A host's record store.
///
/// A call of its own is one commit, which is durable when the call returns; a crash leaves all of it or nothing. Several
/// processes and threads may use one store.
public protocol RecordStore: RecordAccess, Sendable {
    /// Carries out several calls as one commit, together with what others ask for meanwhile: a store commits the changes
    /// of many at once, and each succeeds or fails for itself.
    ///
    /// A call that throws has changed nothing, also where the change catches its error and goes on; only the proof of a
    /// contradiction (`HostError` `.contradicted`) is kept then.
    ///
    /// - Parameter change: makes the calls. It may be carried out again from the start, where another process was in the
    ///   way or a call failed, and must not wait.
    /// - Returns: what `change` returned, once it is durable.
    /// - Throws: what `change` threw, of which nothing is recorded then, or the store's `HostError`.
    func commit<Value: Sendable>(
        _ change: @escaping @Sendable (any RecordAccess) throws(HostError) -> Value
    ) async throws(HostError) -> Value
}
