import Ledger
import ValueProtocol

/// What a transaction knows of the ledger, and the rows that it has not written yet: they are written together, before
/// the ledger is read and before the commit.
///
/// A connection has new ones for each transaction.
public final class LedgerNotes {
    /// The ledger as this transaction sees it, and where it comes from.
    private struct Books {
        var state: LedgerState
        let rows: LedgerRows
    }

    private var books: Books?
    private var facts: [LedgerFact] = []

    public init() {}

    /// Decides an order on the state as it is in this transaction, and keeps what it did.
    ///
    /// - Throws: `LedgerError` if it is refused; `HostError` `.auditBroken` if a row that it needs was edited, or the
    ///   database's error.
    func perform(
        _ order: (LedgerState) throws -> LedgerOrder?, _ trail: AuditTrail, path: String,
        in database: any SQLConnection
    ) throws -> LedgerDecision {
        var books = try takeBooks(trail, path: path, in: database)
        defer { self.books = books }
        let made = try books.rows.read(in: database) { () -> (decision: LedgerDecision, changes: LedgerState)? in
            guard let order = try order(books.state) else { return nil }
            return try books.state.decide(order)
        }
        guard let made else { return .repeated }
        for entry in made.decision.facts.flatMap(\.change.entries) {
            // Beyond what a row holds.
            guard Int64(exactly: made.changes.balance(entry.account, entry.currency)) != nil else {
                throw LedgerError(.sumOverflows, entry.account)
            }
        }
        books.state.keep(made.changes)
        facts += made.decision.facts
        return made.decision
    }

    /// Reads what orders need of elements, with a statement for all of them.
    ///
    /// - Throws: as `perform`, for any of them.
    func readAhead(_ batch: ElementBatch, _ trail: AuditTrail, path: String, in database: any SQLConnection) throws {
        let books = try takeBooks(trail, path: path, in: database)
        self.books = books
        try books.rows.read(in: database) { books.rows.readAhead(batch) }
    }

    /// The books, which these notes do not hold meanwhile, so that the state is changed in place.
    private func takeBooks(_ trail: AuditTrail, path: String, in database: any SQLConnection) throws -> Books {
        if let books {
            self.books = nil
            return books
        }
        let rows = LedgerRows(trail, path: path)
        return Books(state: try rows.state(in: database), rows: rows)
    }

    /// Reads the state as it is in this transaction.
    func read<Value>(
        _ trail: AuditTrail, path: String, in database: any SQLConnection, _ body: (LedgerState) throws -> Value
    ) throws -> Value {
        let books = try takeBooks(trail, path: path, in: database)
        self.books = books
        return try books.rows.read(in: database) { try body(books.state) }
    }

    /// Writes what waits.
    ///
    /// - Throws: as `statements`; `HostError` `.locked` if another process wrote the same row.
    public func flush(into database: any SQLConnection) throws {
        let waiting = try statements(in: database)
        if !waiting.isEmpty { try database.write(waiting) }
    }

    /// What writes the rows that wait, which these notes forget.
    ///
    /// - Throws: `HostError` `.booksBroken` for a sum beyond 64 bits, or the database's error.
    func statements(in database: any SQLConnection) throws -> [SQLStatement] {
        guard let books, !facts.isEmpty else { return [] }
        let (state, rows, trail) = (books.state, books.rows, books.rows.trail)
        let factRows = try rows.read(in: database) {
            facts.map { fact in fact.row(fact.change.transfer.flatMap { state.transfers[$0] }, trail) }
        }
        var statements = RowBatch.statements(factRows, columnCount: LedgerFact.insertedCount) {
            "INSERT INTO ledger_fact (\(LedgerFact.insertedColumns)) VALUES \($0)"
        }
        statements += RowBatch.statements(facts.flatMap(\.entryRows), columnCount: 6) {
            "INSERT INTO ledger_entry (shard, fact, position, account, currency, amount) VALUES \($0)"
        }
        for (table, contents) in try rows.read(in: database, { try state.rows(writer: trail.writer) }) {
            // Always in the same order, so that two processes do not wait for each other.
            let complete = contents.sorted { SQLValue.precedes($0.key, $1.key) }.map { content in
                let version = rows.version(of: table, content.key) + 1
                let values = content.key + content.content + [.integer(version)]
                return values + [.blob(table.mark(of: values, trail))]
            }
            // Fewer rows are written where another process has written one of them since it was read.
            statements += RowBatch.statements(complete, columnCount: table.columnCount) {
                table.replacement(of: $0)
            }
        }
        clear()
        return statements
    }

    /// Forgets everything: what was noted was written, or may have been undone.
    public func clear() {
        (books, facts) = (nil, [])
    }
}

/// Rows that one statement writes: few different statements are prepared.
enum RowBatch {
    private static let sizes = [64, 16, 4, 2, 1]

    /// - Parameters:
    ///   - rows: with `columnCount` values each.
    ///   - sql: a statement with the rows' place holders, such as `(?, ?), (?, ?)`.
    static func statements(
        _ rows: [[SQLValue]], columnCount: Int, _ sql: (String) -> String
    ) -> [SQLStatement] {
        let row = "(" + Array(repeating: "?", count: columnCount).joined(separator: ", ") + ")"
        var statements: [SQLStatement] = []
        var rest = rows[...]
        for size in sizes where rest.count >= size {
            let text = sql(Array(repeating: row, count: size).joined(separator: ", "))
            while rest.count >= size {
                statements.append(SQLStatement(text, rest.prefix(size).flatMap(\.self), rowCount: size))
                rest.removeFirst(size)
            }
        }
        return statements
    }
}
