public import CardCrypto
public import Records
internal import Synchronization

/// The records of a host in a PostgreSQL database, which several processes on several machines may share.
///
/// Each process that has it open keeps a chain of its own in the audit trail, under a lock of its connection: a process
/// that lost its connection can neither write nor keep others from it. What an element's order needs is locked by its row.
///
/// Connections are kept for as long as this object lives: a proxy in between must not share them between transactions.
public final class RecordDatabase: RecordStore, SQLRecords {
    /// The database as messages call it: host and name, without a password.
    public let path: String
    private let auditKey: Secret?
    private let writing: ConnectionLine
    private let reading: ConnectionLine
    private let latestTrail: Mutex<AuditTrail>
    private let group = GroupCommit()

    /// Opens a database. Its tables are created where there are none, and migrated where they are older.
    ///
    /// - Parameters:
    ///   - information: a connection URI, such as `postgresql:///utility`, or a list of keywords and values (PostgreSQL,
    ///     34.1.1).
    ///   - auditKey: signs the audit trail; the same for all that open it.
    /// - Throws: `HostError` `.databaseUnreachable`, `.notARecordFile`, `.fileNewer`, `.wrongAuditKey`.
    public init(_ information: String, auditKey: Secret?) throws(HostError) {
        self.auditKey = auditKey
        let path = ConnectionName.description(of: information)
        self.path = path
        do {
            let connection = try PostgreSQLConnection(information, path: path)
            try PostgreSQLSchema.prepare(connection, path: path)
            latestTrail = Mutex(try Self.takeTrail(on: connection, path: path, auditKey))
            writing = ConnectionLine(information, path: path, connection)
            reading = ConnectionLine(information, path: path, nil)
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

    /// The first chain that no other process has: its lock is the connection's.
    private static func takeTrail(
        on connection: PostgreSQLConnection, path: String, _ key: Secret?
    ) throws -> AuditTrail {
        // The key of one chain is that of all, also of one that is new.
        if let known = try connection.query("SELECT * FROM audit_writer ORDER BY writer LIMIT 1").first {
            _ = try AuditTrail(known, path: path, key: key)
        }
        for writer: UInt32 in 1... {
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
            return try writing.transaction("BEGIN", isRepeatable: false, body) { connection in
                let trail = try Self.takeTrail(on: connection, path: path, auditKey)
                latestTrail.withLock { $0 = trail }
            }
        } catch {
            throw HostError(database: error, path)
        }
    }

    public func commit<Value: Sendable>(
        _ change: @escaping @Sendable (any RecordAccess) throws(HostError) -> Value
    ) async throws(HostError) -> Value {
        try await group.commit(change) { [self] undoesCalls, changes throws(HostError) in
            try write { try changes(RecordScope($0, path: path, trail: trail, undoesCalls: undoesCalls), $0) }
        }
    }
}
