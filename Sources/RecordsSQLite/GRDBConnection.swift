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

    var locksRows: Bool { false }
    var namesIndexes: Bool { true }

    func query(_ sql: String, _ arguments: [SQLValue]) throws -> [SQLRow] {
        var rows: [SQLRow] = []
        try forEachRow(of: sql, arguments) { rows.append($0) }
        return rows
    }

    func forEachResult(of queries: [SQLQuery], _ body: (Int, [SQLRow]) throws -> Void) throws {
        for (index, one) in queries.enumerated() { try body(index, try query(one.sql, one.arguments)) }
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

    func execute(_ writes: [SQLRowWrite]) throws -> [Int] {
        // Row by row: a statement of several could fail after some of them, so that SQLite would first copy each page that it
        // changes.
        try writes.map { write in
            let statement = try SQLiteStatement(write.statement.sql, in: database)
            return try write.rows.reduce(into: 0) { count, row in
                try statement.run(row)
                count += database.changesCount
            }
        }
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
