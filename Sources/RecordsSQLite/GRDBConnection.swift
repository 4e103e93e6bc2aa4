internal import GRDB
internal import Records

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

typealias Blob = Data

/// SQLite through GRDB, inside a transaction.
struct GRDBConnection: SQLConnection {
    private let database: Database
    private let path: String
    let notes = TrailNotes()
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
        let statement = try database.cachedStatement(sql: sql)
        let columns = SQLRow.Columns(statement.columnNames, of: path)
        let cursor = try Row.fetchCursor(statement, arguments: StatementArguments(arguments.map(\.databaseValue)))
        while let row = try cursor.next() { try body(SQLRow(columns, row.databaseValues.map(SQLValue.init))) }
    }

    func row(_ row: Row) -> SQLRow {
        SQLRow(SQLRow.Columns(Array(row.columnNames), of: path), row.databaseValues.map(SQLValue.init))
    }

    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        try database.cachedStatement(sql: sql)
            .execute(arguments: StatementArguments(arguments.map(\.databaseValue)))
        return database.changesCount
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

extension SQLValue {
    fileprivate init(_ value: DatabaseValue) {
        switch value.storage {
        case .null: self = .null
        case .int64(let integer): self = .integer(integer)
        // No column is a floating-point number.
        case .double(let number): self = .text("\(number)")
        case .string(let text): self = .text(text)
        case .blob(let data): self = .blob([UInt8](data))
        }
    }

    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let integer): integer.databaseValue
        case .text(let text): text.databaseValue
        case .blob(let bytes): Data(bytes).databaseValue
        }
    }
}
