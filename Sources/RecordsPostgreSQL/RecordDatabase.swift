public import CardCrypto
public import Records
internal import Synchronization
public import ValueProtocol

/// The records of a host in a PostgreSQL database, which several processes on several machines may share.
///
/// Each process that has it open keeps a chain of its own in the audit trail, under a lock of its connection: a process
/// that lost its connection can neither write nor keep others from it. What an element's order needs is locked by its row.
///
/// A process that works on many elements for long takes the leases of their shards (`ShardLease`); others are then
/// refused every change of them, with `HostError` `.shardHeld`. Without leases the processes share all shards.
///
/// Connections are kept for as long as this object lives: a proxy in between must not share them between transactions.
public final class RecordDatabase: ShardLeasing, SQLRecords {
    /// The database as messages call it: host and name, without a password.
    public let path: String
    let information: String
    let clock: LeaseClock
    private let leaseTerms: LeaseTerms
    /// The numbers of this database's writers are above.
    private let firstWriter: UInt32
    private let auditKey: Secret?
    let writing: ConnectionLine
    private let reading: ConnectionLine
    private let latestTrail: Mutex<AuditTrail>
    private let group = GroupCommit()

    /// Opens a database. Its tables are created where there are none, and migrated where they are older.
    ///
    /// - Parameters:
    ///   - information: a connection URI, such as `postgresql:///utility`, or a list of keywords and values (PostgreSQL,
    ///     34.1.1).
    ///   - auditKey: signs the audit trail; the same for all that open it.
    ///   - leases: how this process takes leases of shards.
    ///   - membership: what it is among the servers of a cluster; nil if it has all shards. A database keeps it.
    /// - Throws: `HostError` `.databaseUnreachable`, `.notARecordFile`, `.fileNewer`, `.wrongAuditKey`; `.otherSpread` if it
    ///   was opened with another membership first, or has records and no membership yet.
    public convenience init(
        _ information: String, auditKey: Secret?, leases: LeaseTerms = LeaseTerms(),
        membership: ClusterMembership? = nil
    ) throws(HostError) {
        try self.init(
            information, auditKey: auditKey, leases: leases, clock: .database, membership: membership)
    }

    package init(
        _ information: String, auditKey: Secret?, leases: LeaseTerms, clock: LeaseClock,
        membership: ClusterMembership? = nil
    ) throws(HostError) {
        self.information = information
        self.clock = clock
        leaseTerms = leases
        self.auditKey = auditKey
        let path = ConnectionName.description(of: information)
        self.path = path
        do {
            let connection = try PostgreSQLConnection(information, path: path)
            try PostgreSQLSchema.prepare(connection, path: path)
            try connection.transaction("BEGIN") { try Self.check(membership, in: $0, path: path) }
            firstWriter = membership.map { ClusterMembership.firstWriter(of: $0.number) } ?? 0
            let trail = try Self.takeTrail(on: connection, after: firstWriter, path: path, auditKey)
            latestTrail = Mutex(trail)
            let fence = ShardFence(leases, clock: clock, path: path)
            writing = ConnectionLine(information, path: path, connection, fence: fence)
            reading = ConnectionLine(information, path: path, nil, fence: nil)
            try onLeases { fence, database in try fence.takeChain(trail.writer, in: database) }
            try bringBooksForward()
        } catch {
            throw HostError(database: error, path)
        }
    }

    public var trail: AuditTrail { latestTrail.withLock { $0 } }

    /// Closes the connections; afterwards every call fails.
    public func close() {
        writing.close()
        reading.close()
    }

    /// The database has the shards that this process means.
    private static func check(
        _ membership: ClusterMembership?, in database: any SQLConnection, path: String
    ) throws {
        let found = try database.query("SELECT number, shards FROM cluster_member FOR SHARE", []).first
        guard let found else {
            guard let membership else { return }
            // Elements that it has already would be looked for on other servers.
            guard try database.query("SELECT eid FROM element LIMIT 1", []).isEmpty else {
                throw HostError(.otherSpread, "\(path), which has records of its own")
            }
            let count = try database.execute(
                "INSERT INTO cluster_member (single, number, shards) VALUES (1, ?, ?) ON CONFLICT DO NOTHING",
                [.integer(Int64(membership.number)), .text(membership.shards)])
            guard count == 1 else { return try check(membership, in: database, path: path) }
            return
        }
        let (number, shards) = (try found.integer("number"), try found.text("shards"))
        guard let membership, number == Int64(membership.number), shards == membership.shards else {
            throw HostError(.otherSpread, "\(path), which is server \(number) with the shards \(shards)")
        }
    }

    /// The first chain that no other process has: its lock is the connection's.
    private static func takeTrail(
        on connection: PostgreSQLConnection, after first: UInt32, path: String, _ key: Secret?
    ) throws -> AuditTrail {
        try connection.planByKeys()
        // The key of one chain is that of all, also of one that is new.
        if let known = try connection.query("SELECT * FROM audit_writer ORDER BY writer LIMIT 1").first {
            _ = try AuditTrail(known, path: path, key: key)
        }
        for writer in (first + 1)... {
            let row = try connection.query(
                "SELECT CASE WHEN pg_try_advisory_lock(1448309350, ?::int) THEN 1 ELSE 0 END AS taken", writer
            ).first
            guard try row?.integer("taken") == 1 else { continue }
            return try connection.transaction("BEGIN") {
                try AuditTrail(of: writer, in: $0, path: path, key: key)
            }
        }
        throw HostError(.locked, path)
    }

    public func read<Value>(_ body: (any SQLConnection) throws -> Value) throws(HostError) -> Value {
        do {
            return try reading.transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", isRepeatable: true, body)
        } catch {
            throw HostError(database: error, path)
        }
    }

    public func write<Value>(_ body: (any SQLConnection) throws -> Value) throws(HostError) -> Value {
        do {
            return try writing.transaction("BEGIN", isRepeatable: false, body, prepare: takeTrailAgain)
        } catch {
            throw HostError(database: error, path)
        }
    }

    /// A new connection may get another chain.
    private func takeTrailAgain(on connection: PostgreSQLConnection, _ fence: ShardFence?) throws {
        let trail = try Self.takeTrail(on: connection, after: firstWriter, path: path, auditKey)
        latestTrail.withLock { $0 = trail }
        if let fence { try connection.transaction("BEGIN") { try fence.takeChain(trail.writer, in: $0) } }
    }

    public func commit<Value: Sendable>(
        _ change: @escaping @Sendable (any RecordAccess) throws(HostError) -> Value
    ) async throws(HostError) -> Value {
        try await commit(about: nil, change)
    }

    public func commit<Value: Sendable>(
        of eid: PartyID, _ change: @escaping @Sendable (any RecordAccess) throws(HostError) -> Value
    ) async throws(HostError) -> Value {
        try await commit(about: eid, change)
    }

    private func commit<Value: Sendable>(
        about eid: PartyID?, _ change: @escaping @Sendable (any RecordAccess) throws(HostError) -> Value
    ) async throws(HostError) -> Value {
        try await group.commit(about: eid, change) { [self] undoesCalls, changes throws(HostError) in
            try write { try changes(RecordScope($0, path: path, trail: trail, undoesCalls: undoesCalls), $0) }
        }
    }
}

extension RecordDatabase {
    public func leases() throws(HostError) -> [ShardLease] {
        try onLeases { fence, database in try fence.all(in: database) }
    }

    public func takeLeases(of shards: Set<Shard>, atMost maxCount: Int) throws(HostError) -> Set<Shard> {
        try onLeases { fence, database in try fence.take(shards, atMost: maxCount, in: database) }
    }

    @discardableResult
    public func renewLeases() throws(HostError) -> Set<Shard> {
        try onLeases { fence, database in try fence.renew(in: database) }
    }

    public func releaseLeases(of shards: Set<Shard>) throws(HostError) {
        try onLeases { fence, database in try fence.release(shards, in: database) }
    }

    public func endContact(with eid: PartyID) throws(HostError) {
        guard leaseTerms.isTakenByChanges else { return }
        try releaseLeases(of: [Shard(of: eid)])
    }

    /// - Parameter isRepeatable: whether it does nothing where it was done before.
    func onLeases<Value>(
        isRepeatable: Bool = true, _ body: (ShardFence, any SQLConnection) throws -> Value
    ) throws(HostError) -> Value {
        do {
            return try writing.leaseTransaction(isRepeatable: isRepeatable, body, prepare: takeTrailAgain)
        } catch {
            throw HostError(database: error, path)
        }
    }
}
