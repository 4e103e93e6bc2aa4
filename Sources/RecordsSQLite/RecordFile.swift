public import CardCrypto
internal import GRDB
internal import GRDBSQLite
public import Records
internal import Synchronization
internal import SystemPackage
public import ValueProtocol

/// The records of a host in one SQLite database: the embedded `RecordStore`.
///
/// It uses write-ahead logging and is synced at every commit. A change and its entry in the audit trail are one commit,
/// so that a crash leaves both or neither. Several processes may have it open.
public final class RecordFile: RecordStore, SQLRecords {
    /// The path of the file; `in memory` if there is none.
    public let path: String
    public let trail: AuditTrail
    private let database: DatabaseQueue
    private let group = GroupCommit()
    private let isClosed = Mutex(false)
    private let interruption: (@Sendable (WritePoint) throws -> Void)?

    /// Where a write can be interrupted, for tests.
    package enum WritePoint: Sendable {
        /// All is written but not yet committed.
        case beforeCommit
        /// It is committed, but the caller does not know it yet.
        case afterCommit
    }

    package init(
        _ database: DatabaseOpening, auditKey: Secret?, interruption: (@Sendable (WritePoint) throws -> Void)? = nil
    ) throws(HostError) {
        path = database.path
        self.interruption = interruption
        let opened: DatabaseQueue
        do {
            opened = try database.open()
        } catch {
            throw HostError(database: error, database.path)
        }
        self.database = opened
        do {
            try RecordSchema.prepare(opened, path: database.path)
            trail = try opened.writeTrail(path: database.path, key: auditKey)
            try bringBooksForward()
        } catch {
            throw HostError(database: error, database.path, system: opened.systemError)
        }
    }

    /// Creates a record file, readable by its owner only.
    ///
    /// - Parameters:
    ///   - path: of a file that does not exist yet.
    ///   - auditKey: signs the audit trail, so that write access to the file is not enough to rewrite the trail;
    ///     without one the trail is a chain of plain hashes, protected by marks noted elsewhere.
    /// - Throws: `HostError` `.fileExists`, `.fileUnreachable`, `.diskFull`.
    public static func create(at path: String, auditKey: Secret?) throws(HostError) -> RecordFile {
        try RecordFile(DatabaseOpening(creating: path), auditKey: auditKey)
    }

    /// Opens a record file.
    ///
    /// - Throws: `HostError` `.noFile`, `.notARecordFile`, `.fileNewer`, `.locked`, `.corrupt`, `.wrongAuditKey`.
    public static func open(at path: String, auditKey: Secret?) throws(HostError) -> RecordFile {
        try RecordFile(DatabaseOpening(existing: path), auditKey: auditKey)
    }

    /// A record file in memory, which lives as long as this object.
    public static func inMemory(auditKey: Secret? = nil) throws(HostError) -> RecordFile {
        try RecordFile(.inMemory, auditKey: auditKey)
    }

    /// Closes the file; afterwards every call fails.
    public func close() throws(HostError) {
        isClosed.withLock { $0 = true }
        do {
            try database.close()
        } catch {
            throw HostError(database: error, path)
        }
    }

    /// GRDB's queue must not be used once it is closed.
    private func requireOpen() throws(HostError) {
        guard !isClosed.withLock({ $0 }) else { throw HostError(.fileUnreachable, "\(path), closed") }
    }

    public func read<Value>(_ body: (any SQLConnection) throws -> Value) throws(HostError) -> Value {
        try requireOpen()
        do {
            // Not GRDB's `read`: it switches query_only on and off, and after either SQLite prepares all statements anew.
            return try database.unsafeRead { database in
                var value: Value?
                try database.inTransaction(.deferred) {
                    value = try body(GRDBConnection(database, path: path))
                    return .commit
                }
                guard let value else { preconditionFailure("a transaction that is committed has a value") }
                return value
            }
        } catch {
            throw HostError(database: error, path, system: database.systemError)
        }
    }

    public func write<Value>(_ body: (any SQLConnection) throws -> Value) throws(HostError) -> Value {
        try requireOpen()
        do {
            let value = try database.write { database in
                let connection = GRDBConnection(database, path: path)
                let value = try body(connection)
                try connection.flushNotes()
                try interruption?(.beforeCommit)
                return value
            }
            try interruption?(.afterCommit)
            return value
        } catch {
            throw HostError(database: error, path, system: database.systemError)
        }
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

extension DatabaseQueue {
    /// What the system said when SQLite could not use a file last.
    fileprivate var systemError: Errno? {
        unsafeReentrantRead { Errno(rawValue: unsafe sqlite3_system_errno($0.sqliteConnection)) }
    }

    /// The file's one chain of the audit trail; the first to open a new file begins it.
    fileprivate func writeTrail(path: String, key: Secret?) throws -> AuditTrail {
        let find = "SELECT * FROM audit_writer WHERE writer = 0"
        let found = try read { database in
            try GRDBConnection(database, path: path).query(find, []).first.map {
                try AuditTrail($0, path: path, key: key)
            }
        }
        return try found
            ?? RecordSchema.besidesOthers {
                try write { try AuditTrail(of: 0, in: GRDBConnection($0, path: path), path: path, key: key) }
            }
    }
}
