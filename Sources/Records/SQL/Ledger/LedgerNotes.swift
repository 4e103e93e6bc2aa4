import Ledger
import ValueProtocol

/// What a transaction knows of the ledger, and the rows that it has not written yet: they are written together, before
/// the ledger is read and before the commit.
///
/// A connection has new ones for each transaction.
public final class LedgerNotes {
    private var state: LedgerState?
    private var rows: LedgerRows?
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
        let rows = self.rows ?? LedgerRows(trail, path: path)
        let before = try state ?? rows.state(in: database)
        (self.rows, state) = (rows, before)
        let made = try rows.read(in: database) { () -> (decision: LedgerDecision, after: LedgerState)? in
            guard let order = try order(before) else { return nil }
            return try before.decide(order)
        }
        guard let made else { return .repeated }
        for entry in made.decision.facts.flatMap(\.change.entries) {
            // Beyond what a row holds.
            guard Int64(exactly: made.after.balance(entry.account, entry.currency)) != nil else {
                throw LedgerError(.sumOverflows, entry.account)
            }
        }
        var after = before
        after.keep(made.after)
        state = after
        facts += made.decision.facts
        return made.decision
    }

    /// Reads the state as it is in this transaction.
    func read<Value>(
        _ trail: AuditTrail, path: String, in database: any SQLConnection, _ body: (LedgerState) throws -> Value
    ) throws -> Value {
        let rows = self.rows ?? LedgerRows(trail, path: path)
        let state = try self.state ?? rows.state(in: database)
        (self.rows, self.state) = (rows, state)
        return try rows.read(in: database) { try body(state) }
    }

    /// Writes what waits.
    ///
    /// - Throws: `HostError` `.booksBroken` for a sum beyond 64 bits, `.locked` if another process wrote the same row,
    ///   or the database's error.
    public func flush(into database: any SQLConnection) throws {
        guard let state, let rows, !facts.isEmpty else { return }
        let trail = rows.trail
        try insert(
            try rows.read(in: database) {
                facts.map { fact in fact.row(fact.change.transfer.flatMap { state.transfers[$0] }, trail) }
            }, "ledger_fact (\(LedgerFact.insertedColumns))", LedgerFact.insertedCount, into: database)
        try insert(
            facts.flatMap(\.entryRows), "ledger_entry (shard, fact, position, account, currency, amount)", 6,
            into: database)
        for (table, contents) in try rows.read(in: database, { try state.rows(writer: trail.writer) }) {
            // Always in the same order, so that two processes do not wait for each other.
            let complete = contents.sorted { SQLValue.precedes($0.key, $1.key) }.map { content in
                let version = rows.version(of: table, content.key) + 1
                let values = content.key + content.content + [.integer(version)]
                return values + [.blob(table.mark(of: values, trail))]
            }
            try RowBatch.forEach(complete) { batch in
                let count = try database.execute(table.replacement(count: batch.count), batch.flatMap(\.self))
                // Another process has written one of them since it was read.
                guard count == batch.count else { throw HostError(.locked, rows.path) }
            }
        }
        clear()
    }

    /// Forgets everything: what was noted was written, or may have been undone.
    public func clear() {
        (state, rows, facts) = (nil, nil, [])
    }

    private func insert(
        _ rows: [[SQLValue]], _ table: String, _ columnCount: Int, into database: any SQLConnection
    ) throws {
        let row = "(" + Array(repeating: "?", count: columnCount).joined(separator: ", ") + ")"
        try RowBatch.forEach(rows) { batch in
            let marks = Array(repeating: row, count: batch.count).joined(separator: ", ")
            try database.execute("INSERT INTO \(table) VALUES \(marks)", batch.flatMap(\.self))
        }
    }
}

/// Rows that one statement writes: few different statements are prepared.
enum RowBatch {
    private static let sizes = [32, 4, 1]

    static func forEach(_ rows: [[SQLValue]], _ body: (ArraySlice<[SQLValue]>) throws -> Void) rethrows {
        var rest = rows[...]
        for size in sizes {
            while rest.count >= size {
                try body(rest.prefix(size))
                rest.removeFirst(size)
            }
        }
    }
}
