public import ValueProtocol

/// What can be read from a host's records and changed in them: elements and the journal of their
/// issuing, transactions, the ledger, meters' records, and the audit trail.
///
/// A change and its entry in the audit trail are made together or not at all. Every call throws the store's `HostError`
/// besides those it names.
public protocol RecordAccess: ElementRegister, ElementStore, IssueStore, TransactionStore, LedgerStore, MeterStore,
    AuditStore
{}

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

    /// Carries out several calls as one commit, as `commit(_:)`, all of which concern one element.
    ///
    /// What it needs of the element is read together with what others need of theirs. A store over several servers knows by
    /// it which server to ask.
    func commit<Value: Sendable>(
        of eid: PartyID, _ change: @escaping @Sendable (any RecordAccess) throws(HostError) -> Value
    ) async throws(HostError) -> Value

    /// Checks that value can move between elements, before anything is done with them.
    ///
    /// - Parameter eids: such as a card and the meters of its purses; `PartyID.none` among them is left out.
    /// - Throws: `HostError` `.onOtherServers` if records over several servers have them on different ones.
    func requireTogether(_ eids: [PartyID]) throws(HostError)

    /// A contact with an element has ended: a lease that its changes took is given back, so that nobody waits for it.
    ///
    /// - Throws: `HostError` if that was not done; the lease ends by itself then.
    func endContact(with eid: PartyID) throws(HostError)
}

extension RecordStore {
    /// A store that does not have to know the element.
    public func commit<Value: Sendable>(
        of eid: PartyID, _ change: @escaping @Sendable (any RecordAccess) throws(HostError) -> Value
    ) async throws(HostError) -> Value {
        try await commit(change)
    }

    /// A store on one server.
    public func requireTogether(_ eids: [PartyID]) throws(HostError) {}

    /// A store without leases.
    public func endContact(with eid: PartyID) throws(HostError) {}
}
