/// The right of one process to change the elements of a shard, while other processes have the same database open.
///
/// The lease ends at a deadline of the database's clock, or as soon as the holder's connection is gone. Every commit that
/// changes an element checks the lease of its shard in the same transaction: a process that was paused, and whose lease
/// somebody else took meanwhile, cannot commit. A shard that nobody holds can be changed by every process, which its
/// elements' row locks keep apart.
///
/// What a change moves in the books of *other* elements, such as those of the meters that a card reports, needs no lease:
/// row locks and versions guard those rows.
public struct ShardLease: Sendable, Hashable {
    public let shard: Shard
    /// How the holder named itself; for people.
    public let holder: String
    /// The fencing token: it grows each time the lease is taken, so that a process knows whether it is still the holder.
    public let token: UInt64
    /// When it ends unless it is renewed: milliseconds since 1970 by the database's clock.
    public let until: Int64

    package init(shard: Shard, holder: String, token: UInt64, until: Int64) {
        self.shard = shard
        self.holder = holder
        self.token = token
        self.until = until
    }
}

/// How a process takes leases.
public struct LeaseTerms: Sendable, Hashable {
    /// What others see of the holder, such as a machine and a process.
    public var holder: String
    /// How long a lease lasts after it was taken or renewed. A commit renews those it checks once half of it has passed.
    public var duration: Duration
    /// Whether the first change of an element takes the lease of its shard, if nobody has it.
    public var isTakenByChanges: Bool
    /// How long a change waits for the holder's connection to end before it is refused. The process can commit nothing else
    /// meanwhile: for programs that do one thing and end.
    public var maxWait: Duration

    public init(
        holder: String = "", duration: Duration = .seconds(30), isTakenByChanges: Bool = false,
        maxWait: Duration = .zero
    ) {
        self.holder = holder
        self.duration = duration
        self.isTakenByChanges = isTakenByChanges
        self.maxWait = maxWait
    }
}

/// A store that several processes share, and whose shards they can lease.
public protocol ShardLeasing: RecordStore {
    /// The leases that have not ended, by shard.
    func leases() throws(HostError) -> [ShardLease]

    /// Takes the leases of shards that nobody else has, and renews those that this process has already.
    ///
    /// - Parameters:
    ///   - shards: to take.
    ///   - maxCount: how many of them at most, such as this process's share of all.
    /// - Returns: those of `shards` that this process has now.
    func takeLeases(of shards: Set<Shard>, atMost maxCount: Int) throws(HostError) -> Set<Shard>

    /// Renews all leases of this process. To be called well within their duration; commits renew those that they use.
    ///
    /// - Returns: those that it still has; the others were taken over.
    @discardableResult
    func renewLeases() throws(HostError) -> Set<Shard>

    /// Gives leases back, so that others need not wait for their end.
    func releaseLeases(of shards: Set<Shard>) throws(HostError)
}

extension ShardLeasing {
    public func takeLeases(of shards: Set<Shard>) throws(HostError) -> Set<Shard> {
        try takeLeases(of: shards, atMost: Shard.count)
    }
}
