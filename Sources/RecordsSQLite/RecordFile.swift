public import CardCrypto
internal import GRDB
public import Records
import ValueProtocol

/// The records of a host in one SQLite database: the embedded `RecordStore`.
///
/// It is written ahead and synced at every commit. A change and its entry in the audit trail are one commit, so that a
/// process that dies leaves both or neither. Several processes may have it open.
public final class RecordFile: RecordStore {
    /// The path of the file; `in memory` where there is none.
    public let path: String
    let trail: AuditTrail
    private let database: DatabaseQueue
    private let interruption: (@Sendable (WritePoint) throws -> Void)?

    /// Where a write can be cut off, for tests.
    package enum WritePoint: Sendable {
        /// All is written but not yet committed.
        case beforeCommit
        /// It is committed, and the caller has not yet learned of it.
        case afterCommit
    }

    package init(
        _ database: DatabaseOpening, auditKey: Secret?, interruption: (@Sendable (WritePoint) throws -> Void)? = nil
    ) throws(HostError) {
        path = database.path
        self.interruption = interruption
        do {
            self.database = try database.open()
            try RecordSchema.prepare(self.database, path: database.path)
            trail = try AuditTrail.open(self.database, path: database.path, key: auditKey)
        } catch {
            throw HostError(database: error, database.path)
        }
    }

    /// Makes a new record file, which its owner alone can read.
    ///
    /// - Parameters:
    ///   - path: of a file that does not exist yet.
    ///   - auditKey: signs the audit trail, so that whoever can write the file still cannot rewrite the trail;
    ///     without one the trail is a chain of plain hashes, which marks noted elsewhere protect.
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

    /// A record file in memory, gone with this object.
    public static func inMemory(auditKey: Secret? = nil) throws(HostError) -> RecordFile {
        try RecordFile(.inMemory, auditKey: auditKey)
    }

    /// Closes the file; afterwards every call fails.
    public func close() throws(HostError) {
        do {
            try database.close()
        } catch {
            throw HostError(database: error, path)
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(HostError) -> Value {
        do {
            return try database.read(body)
        } catch {
            throw HostError(database: error, path)
        }
    }

    /// One commit: all that `body` writes, or nothing where it throws.
    func write<Value>(_ body: (Database) throws -> Value) throws(HostError) -> Value {
        do {
            let value = try database.write { database in
                let value = try body(database)
                try interruption?(.beforeCommit)
                return value
            }
            try interruption?(.afterCommit)
            return value
        } catch {
            throw HostError(database: error, path)
        }
    }
}
