internal import GRDB
internal import Records

/// SQLite through GRDB, inside a transaction.
struct GRDBConnection: SQLConnection {
    private let database: Database
    let path: String
    let notes = TrailNotes()
    let elements = ElementNotes()
    let ledger = LedgerNotes()

    init(_ database: Database, path: String) {
        self.database = database
        self.path = path
    }

    var rowLock: String { "" }

    func query(_ sql: String, _ arguments: [SQLValue]) throws -> [SQLRow] {
        var rows: [SQLRow] = []
        try forEachRow(of: sql, arguments) { rows.append($0) }
        return rows
    }

    func forEachRow(of sql: String, _ arguments: [SQLValue], _ body: (SQLRow) throws -> Void) throws {
        let statement = try SQLiteStatement(sql, in: database)
        var columns: SQLRow.Columns?
        try statement.run(arguments) { values in
            let known = columns ?? statement.columns(of: path)
            columns = known
            try body(SQLRow(known, values))
        }
    }

    func forEachBatch(of sql: String, _ arguments: [SQLValue], _ body: (SQLRowBatch) throws -> Void) throws {
        let statement = try SQLiteStatement(sql, in: database)
        var batch = statement.newBatch(of: Self.batchSize)
        try statement.step(arguments) {
            statement.append(to: &batch)
            if batch.count == Self.batchSize {
                try body(batch)
                batch = statement.newBatch(of: Self.batchSize)
            }
        }
        if batch.count > 0 { try body(batch) }
    }

    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        try SQLiteStatement(sql, in: database).run(arguments)
        return database.changesCount
    }

    func execute(_ statements: [SQLStatement]) throws -> [Int] {
        try statements.map { try execute($0.sql, $0.arguments) }
    }

    func savepoint(_ body: () throws -> Void) throws {
        try flushNotes()
        do {
            try database.inSavepoint {
                try body()
                try flushNotes()
                return .commit
            }
        } catch {
            clearNotes()
            throw error
        }
    }

    func hostError(_ error: any Error) -> HostError { HostError(database: error, path) }

    func prepareForCopy() throws { try database.execute(sql: "DROP TRIGGER audit_is_closed") }

    func finishCopy() throws { try database.execute(sql: AuditSchema.closing) }

    var isMoved: Bool {
        get throws {
            let triggers = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name = 'audit_event_moved'"
            return try Int.fetchOne(database, sql: triggers) == 1
        }
    }

    func markMoved() throws { try database.execute(sql: AuditSchema.moved) }

    func structureFault() throws -> String? {
        let health = try String.fetchAll(database, sql: "PRAGMA integrity_check(1)")
        return health == ["ok"] ? nil : health.joined(separator: "; ")
    }
}
