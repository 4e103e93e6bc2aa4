public import ValueProtocol

/// An order that waits to be carried out by the process that has the lease of its element's shard.
public struct WorkOrder: Sendable, Hashable {
    public let eid: PartyID
    /// With its reference, by which it is applied once however often it is taken.
    public let request: CreditRequest
    public let state: State
    /// How often it was taken.
    public let attempts: Int

    /// How far it is.
    public enum State: Sendable, Hashable {
        /// It waits, or somebody is carrying it out.
        case waiting
        /// The element proved that it was applied.
        case done(HostTransaction)
        /// It will not be carried out; why, for people. The element has proved that it changed nothing, or nothing was sent.
        case notDone(String)
    }

    /// - Parameters:
    ///   - request: sealed by a holder of keys; nobody else's float pays for it.
    ///   - reference: the caller's identifier of the order, which `request` gets: with one element orders with the same
    ///     reference are the same order.
    ///   - eid: of which element.
    public init(_ request: CreditRequest, reference: String, of eid: PartyID) {
        let referenced = CreditRequest(
            kind: request.kind, service: request.service, currency: request.currency, amount: request.amount,
            reference: reference, tariff: request.tariff, replacesTariffAhead: request.replacesTariffAhead)
        self.init(referenced, of: eid, .waiting, attempts: 0)
    }

    package init(_ request: CreditRequest, of eid: PartyID, _ state: State, attempts: Int) {
        self.eid = eid
        self.request = request
        self.state = state
        self.attempts = attempts
    }

    /// Of `request`.
    public var reference: String { request.reference ?? "" }
}

/// Orders that wait in the database for whoever has the lease of their element's shard.
///
/// Whoever has an order announces it, and the holder of the shard takes it. It is taken by one worker at a time. An order
/// whose worker is gone is taken again by the shard's next holder, and done once: by its reference, and since what is in
/// doubt with an element is resolved before anything else (protocol §7).
public protocol WorkQueue: ShardLeasing {
    /// Puts an order into the queue, and wakes the holder of its shard. It needs no lease.
    ///
    /// - Returns: the order as the queue knows it, which may have been done before.
    /// - Throws: `HostError` `.otherOrder` if the reference was given to another order of the element.
    func announce(_ order: WorkOrder, at time: Timestamp) throws(HostError) -> WorkOrder

    /// Takes orders of the shards whose leases this process has: the oldest of each element, if none of it is being carried
    /// out.
    func takeWork(atMost maxCount: Int) throws(HostError) -> [WorkOrder]

    /// Ends an order that was taken.
    ///
    /// - Throws: `HostError` `.shardHeld` if another process has taken it over.
    func finish(_ order: WorkOrder, as state: WorkOrder.State, at time: Timestamp) throws(HostError)

    /// Has an order that was taken wait again, with those of its element that come after it.
    ///
    /// - Throws: `HostError` `.shardHeld` if another process has taken it over.
    func putBack(_ order: WorkOrder, for duration: Duration) throws(HostError)

    /// Has this process take its leases anew before it goes on: orders that it took and has not ended are free then.
    func resetLeases()

    /// The orders of an element, oldest first; of every element if it is nil.
    func work(of eid: PartyID?) throws(HostError) -> [WorkOrder]

    /// Listens for orders that are announced from now on.
    ///
    /// - Throws: `HostError` `.databaseUnreachable`.
    func listen() throws(HostError) -> any WorkAnnouncements
}

/// A connection on which announcements of work arrive.
public protocol WorkAnnouncements: Sendable {
    /// Blocks this thread until work is announced, and sleeps on the connection meanwhile.
    ///
    /// - Parameter duration: how long at most; nil for as long as it takes.
    /// - Returns: the shards with new work since the last call, none after `duration`; nil after `end`.
    /// - Throws: `HostError` `.databaseUnreachable`: listen anew, and look for work that was announced meanwhile.
    func next(within duration: Duration?) throws(HostError) -> Set<Shard>?

    /// Wakes the thread that waits, and everybody who would.
    func end()
}
