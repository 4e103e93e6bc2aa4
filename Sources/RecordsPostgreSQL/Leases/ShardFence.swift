internal import Records

/// The lease that keeps a transaction from its commit: it is carried out again, and the changes of that shard are refused.
struct LostLease: Error {
    let error: HostError
    /// The chain of the process that has the lease; 0 for none.
    let writer: UInt32
}

/// The leases of a process, as far as it knows, and their check in each of its commits.
///
/// A commit reads the leases of all shards that it changed with one statement, and locks them until it is done: so nobody
/// takes a shard between the check and the commit. It is used by one thread at a time.
final class ShardFence {
    private let terms: LeaseTerms
    private let clock: LeaseClock
    private let path: String
    /// The chain of this process's connection, by whose lock others see that it lives.
    private(set) var writer: UInt32 = 0
    /// The tokens of the leases that this process has taken.
    private var held: [Shard: UInt64] = [:]

    /// The leases of this process with their tokens, as far as it knows.
    var tokens: [Shard: UInt64] { held }

    // Of the transaction under way: what it changes, and which leases it has taken.
    private var touched: Set<Shard> = []
    private var taken: [Shard: UInt64] = [:]
    /// Whose changes are refused in this call, after an attempt has found a lease of another process.
    private var refused: [Shard: HostError] = [:]
    private var hasWaited = false

    init(_ terms: LeaseTerms, clock: LeaseClock, path: String) {
        self.terms = terms
        self.clock = clock
        self.path = path
    }

    /// What was done under these leases is not known: the process takes them again, with new tokens.
    func forget() { held = [:] }

    // MARK: A commit

    /// A call begins, which may need several attempts.
    func beginCall() { (refused, hasWaited) = ([:], false) }

    /// A transaction begins.
    func begin() { (touched, taken) = ([], [:]) }

    func touch(_ shard: Shard) throws(HostError) {
        if let error = refused[shard] { throw error }
        touched.insert(shard)
    }

    /// The last statement before the commit.
    ///
    /// - Throws: `LostLease` if another process has one of the shards; the database's error.
    func check(in database: any SQLConnection) throws {
        guard !touched.isEmpty else { return }
        // Rows that are to be written are not first locked for reading only: two processes would wait for each other.
        let takes = terms.isTakenByChanges && touched.contains { held[$0] == nil }
        let rows = try rows(of: touched, takes ? "FOR UPDATE" : "FOR SHARE", in: database)
        var (free, ended, old): (Set<Shard>, Set<Shard>, Set<Shard>) = ([], [], [])
        for row in rows {
            if let token = held[row.shard] {
                guard row.token == token else {
                    held[row.shard] = nil
                    throw lost(row)
                }
                if row.remaining < terms.milliseconds / 2 || row.writer != writer { old.insert(row.shard) }
            } else if row.writer == 0 {
                free.insert(row.shard)
            } else {
                guard try isOver(row, in: database) else { throw lost(row) }
                ended.insert(row.shard)
            }
        }
        if terms.isTakenByChanges {
            try give(rows.filter { free.union(ended).contains($0.shard) }, in: database)
        } else if !ended.isEmpty {
            try end(ended, in: database)
        }
        if !old.isEmpty { try extend(old, in: database) }
    }

    /// The transaction is committed.
    func end() { held.merge(taken) { $1 } }

    private func lost(_ row: LeaseRow) -> LostLease {
        let holder =
            row.writer == 0
            ? "which another process had meanwhile"
            : "held by \(row.holder.isEmpty ? "a process without a name" : row.holder)"
        let error = HostError(.shardHeld, "shard \(row.shard) of \(path), \(holder)")
        refused[row.shard] = error
        return LostLease(error: error, writer: row.writer)
    }

    /// Waits once in a call for the end of the other process's connection, as long as the terms say. Whether it has given
    /// the lease back meanwhile shows in the next attempt.
    func wait(for lost: LostLease, on connection: PostgreSQLConnection) throws {
        guard terms.maxWait > .zero, !hasWaited, lost.writer != 0, lost.writer != writer else { return }
        hasWaited = true
        do {
            try connection.transaction("BEGIN") { database in
                _ = try database.query(
                    "SELECT set_config('lock_timeout', ?, true) AS timeout",
                    [.text("\(terms.maxWait.inMilliseconds)ms")])
                _ = try database.query(
                    "SELECT 1 AS one FROM (SELECT pg_advisory_xact_lock_shared(1448309350, ?::int)) AS lock",
                    [.integer(Int64(lost.writer))])
            }
        } catch let error as PostgreSQLError where error.state == "55P03" {
            // It is still connected.
        }
        refused = [:]
    }

    // MARK: Leases by themselves

    /// This process has got a chain of the trail, by whose lock others see that it lives. The leases of the process that had
    /// the chain before have ended with that one's connection, and must not look as if they were this process's.
    func takeChain(_ writer: UInt32, in database: any SQLConnection) throws {
        self.writer = writer
        let rows = try database.query(
            "SELECT shard, token FROM shard_lease WHERE writer = ? ORDER BY shard FOR UPDATE",
            [.integer(Int64(writer))])
        let shards = try rows.compactMap { row -> Shard? in
            let (shard, token): (Shard, UInt64) = (
                Shard(rawValue: try row.unsigned("shard")), try row.unsigned("token")
            )
            return held[shard] == token ? nil : shard
        }
        try end(Set(shards), in: database)
    }

    func all(in database: any SQLConnection) throws -> [ShardLease] {
        try rows(of: Shard.all, "", in: database).filter { row in
            try row.writer != 0 && (held[row.shard] == row.token || !isOver(row, in: database))
        }.map { ShardLease(shard: $0.shard, holder: $0.holder, token: $0.token, until: $0.until) }
    }

    func take(_ shards: Set<Shard>, atMost maxCount: Int, in database: any SQLConnection) throws -> Set<Shard> {
        let rows = try rows(of: shards, "FOR UPDATE", in: database)
        let ours = rows.filter { held[$0.shard] == $0.token }
        let free = try rows.filter { row in
            try held[row.shard] != row.token && (row.writer == 0 || isOver(row, in: database))
        }
        let kept = Set(ours.prefix(maxCount).map(\.shard))
        try extend(kept, in: database)
        let new = free.prefix(max(0, maxCount - kept.count))
        try give(Array(new), in: database)
        return kept.union(new.map(\.shard))
    }

    func renew(in database: any SQLConnection) throws -> Set<Shard> {
        let rows = try rows(of: Set(held.keys), "FOR UPDATE", in: database)
        for row in rows where held[row.shard] != row.token { held[row.shard] = nil }
        try extend(Set(held.keys), in: database)
        return Set(held.keys)
    }

    func release(_ shards: Set<Shard>, in database: any SQLConnection) throws {
        guard shards.contains(where: { held[$0] != nil }) else { return }
        let rows = try rows(of: shards.intersection(held.keys), "FOR UPDATE", in: database)
        let ours = Set(rows.filter { held[$0.shard] == $0.token }.map(\.shard))
        try database.execute(
            "UPDATE shard_lease SET holder = '', writer = 0, until = 0 WHERE shard = ANY(CAST(? AS bigint[]))",
            [list(ours)])
        for shard in shards { held[shard] = nil }
    }

    // MARK: Rows

    private struct LeaseRow {
        let shard: Shard
        let holder: String
        let writer: UInt32
        let token: UInt64
        let until: Int64
        /// Milliseconds until then.
        let remaining: Int64
    }

    /// In the order of the shards, so that two processes do not wait for each other.
    private func rows(
        of shards: Set<Shard>, _ lock: String, in database: any SQLConnection
    ) throws -> [LeaseRow] {
        try database.query(
            """
            SELECT shard, holder, writer, token, until, until - \(LeaseClock.now) AS remaining FROM shard_lease
            WHERE shard = ANY(CAST(? AS bigint[])) ORDER BY shard \(lock)
            """, [clock.argument, list(shards)]
        ).map { row in
            LeaseRow(
                shard: Shard(rawValue: try row.unsigned("shard")), holder: try row.text("holder"),
                writer: try row.unsigned("writer"), token: try row.unsigned("token"),
                until: try row.integer("until"), remaining: try row.integer("remaining"))
        }
    }

    /// Whether a lease that this process does not have has ended: by the clock, or since its holder's connection is gone.
    private func isOver(_ row: LeaseRow, in database: any SQLConnection) throws -> Bool {
        if row.remaining <= 0 || row.writer == writer { return true }
        return try database.query(
            """
            SELECT 1 AS one FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2
                AND CAST(classid AS bigint) = 1448309350 AND CAST(objid AS bigint) = ?
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """, [.integer(Int64(row.writer))]
        ).isEmpty
    }

    /// Takes free leases, whose rows are locked.
    private func give(_ rows: [LeaseRow], in database: any SQLConnection) throws {
        guard !rows.isEmpty else { return }
        try database.execute(
            """
            UPDATE shard_lease SET holder = ?, writer = ?, token = token + 1, until = \(LeaseClock.now) + ?
            WHERE shard = ANY(CAST(? AS bigint[]))
            """,
            [
                .text(terms.holder), .integer(Int64(writer)), clock.argument, .integer(terms.milliseconds),
                list(Set(rows.map(\.shard))),
            ])
        for row in rows { taken[row.shard] = row.token + 1 }
    }

    /// Ends leases whose rows are locked. Their holder may go on where it was paused: it must find that others have changed
    /// these elements.
    private func end(_ shards: Set<Shard>, in database: any SQLConnection) throws {
        guard !shards.isEmpty else { return }
        try database.execute(
            """
            UPDATE shard_lease SET holder = '', writer = 0, token = token + 1, until = 0
            WHERE shard = ANY(CAST(? AS bigint[]))
            """, [list(shards)])
    }

    private func extend(_ shards: Set<Shard>, in database: any SQLConnection) throws {
        guard !shards.isEmpty else { return }
        try database.execute(
            """
            UPDATE shard_lease SET holder = ?, writer = ?, until = \(LeaseClock.now) + ?
            WHERE shard = ANY(CAST(? AS bigint[]))
            """,
            [
                .text(terms.holder), .integer(Int64(writer)), clock.argument, .integer(terms.milliseconds),
                list(shards),
            ])
    }

    private func list(_ shards: Set<Shard>) -> SQLValue {
        .text("{" + shards.sorted().map(\.description).joined(separator: ",") + "}")
    }
}

/// The clock by which leases end.
package enum LeaseClock: Sendable {
    /// The database server's.
    case database
    /// A test's, in milliseconds.
    case manual(@Sendable () -> Int64)

    /// In SQL, with one argument.
    static let now = "coalesce(CAST(? AS bigint), CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint))"

    var argument: SQLValue {
        switch self {
        case .database: .null
        case .manual(let now): .integer(now())
        }
    }
}

extension LeaseTerms {
    fileprivate var milliseconds: Int64 { duration.inMilliseconds }
}

extension Duration {
    var inMilliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
