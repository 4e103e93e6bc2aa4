import Ledger
import ValueProtocol

/// What a transaction knows of the ledger, and the rows that it has not written yet: they are written together, before
/// the ledger is read and before the commit.
///
/// A connection has new ones for each transaction.
public final class LedgerNotes {
    /// The ledger as this transaction sees it, and where it comes from.
    private final class Books {
        var state: LedgerState
        let rows: LedgerRows
        /// Whether the last numbers of the writer are in the state.
        var hasCounts = false

        init(_ trail: AuditTrail, path: String) {
            rows = LedgerRows(trail, path: path)
            state = rows.state()
        }

        func setCounts(_ counts: LedgerCounts) {
            (state.factCount, state.transferCount) = (counts.facts, counts.transfers)
            (state.receiptCount, state.differenceCount) = (counts.receipts, counts.differences)
            hasCounts = true
        }
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
        let books = try openBooks(trail, path: path, in: database)
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

    /// What reads what orders need of elements.
    func aheadQueries(
        _ batch: ElementBatch, _ texts: AheadTexts, _ trail: AuditTrail, path: String, in database: any SQLConnection
    ) -> [AheadQuery] {
        books(trail, path: path).rows.aheadQueries(batch, texts, in: database)
    }

    /// What reads what orders need of the writer, unless it is known.
    func writerQueries(_ trail: AuditTrail, path: String, in database: any SQLConnection) -> [AheadQuery] {
        let books = books(trail, path: path)
        guard !books.hasCounts else { return [] }
        return books.rows.writerQueries(in: database) { books.setCounts($0) }
    }

    private func books(_ trail: AuditTrail, path: String) -> Books {
        if let books { return books }
        let books = Books(trail, path: path)
        self.books = books
        return books
    }

    /// The books with the last numbers of the writer.
    private func openBooks(_ trail: AuditTrail, path: String, in database: any SQLConnection) throws -> Books {
        let books = books(trail, path: path)
        if !books.hasCounts { books.setCounts(try books.rows.counts(in: database)) }
        return books
    }

    /// Reads the state as it is in this transaction.
    func read<Value>(
        _ trail: AuditTrail, path: String, in database: any SQLConnection, _ body: (LedgerState) throws -> Value
    ) throws -> Value {
        let books = try openBooks(trail, path: path, in: database)
        return try books.rows.read(in: database) { try body(books.state) }
    }

    /// The rows that wait, which these notes forget.
    ///
    /// - Throws: `HostError` `.booksBroken` for a sum beyond 64 bits, or the database's error.
    func writes(in database: any SQLConnection) throws -> [SQLRowWrite] {
        guard let books, !facts.isEmpty else { return [] }
        let (state, rows, trail) = (books.state, books.rows, books.rows.trail)
        let factRows = try rows.read(in: database) {
            facts.map { fact in fact.row(fact.change.transfer.flatMap { state.transfers[$0] }, trail) }
        }
        let tables = try rows.read(in: database) { try state.rows(writer: trail.writer) }
        defer { clear() }
        return [
            SQLRowWrite(LedgerFact.insertion, factRows),
            SQLRowWrite(LedgerFact.entryInsertion, facts.flatMap(\.entryRows)),
        ]
            + tables.map { table, contents in
                // Always in the same order, so that two processes do not wait for each other.
                let complete = contents.sorted { SQLValue.precedes($0.key, $1.key) }.map { content in
                    table.values(content, version: rows.version(of: table, content.key) + 1, trail)
                }
                return SQLRowWrite(table.replacement, complete)
            }
    }

    /// Forgets everything: what was noted was written, or may have been undone.
    public func clear() {
        (books, facts) = (nil, [])
    }
}
