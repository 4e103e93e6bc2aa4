/// A statement that returns rows, with its arguments.
public struct SQLQuery: Sendable {
    public let sql: String
    public let arguments: [SQLValue]

    package init(_ sql: String, _ arguments: [SQLValue]) {
        self.sql = sql
        self.arguments = arguments
    }
}

/// A connection to an SQL database, inside one of its transactions.
///
/// Statements are in the part of SQL that SQLite and PostgreSQL share; `?` stands for an argument.
public protocol SQLConnection {
    /// The database, for messages.
    var path: String { get }

    /// The rows that a statement returns.
    ///
    /// - Throws: the database's error.
    func query(_ sql: String, _ arguments: [SQLValue]) throws -> [SQLRow]

    /// Passes the rows that each of some statements returns to `body`, with the statement's index, in their order, until one
    /// fails.
    ///
    /// A server gets them together, and goes on while `body` has the rows of the first. It must not use the connection.
    ///
    /// - Throws: the database's error, or that of `body`.
    func forEachResult(of queries: [SQLQuery], _ body: (Int, [SQLRow]) throws -> Void) throws

    /// Passes each row that a statement returns to `body`, which need not fit into memory together.
    ///
    /// - Throws: the database's error, or that of `body`.
    func forEachRow(of sql: String, _ arguments: [SQLValue], _ body: (SQLRow) throws -> Void) throws

    /// Passes the rows that a statement returns to `body` in batches of at most ``batchSize``, without a value of its own
    /// for each column.
    ///
    /// - Throws: the database's error, or that of `body`.
    func forEachBatch(of sql: String, _ arguments: [SQLValue], _ body: (SQLRowBatch) throws -> Void) throws

    /// Carries out a statement that returns no rows.
    ///
    /// - Returns: the number of rows that it inserted, updated or deleted.
    /// - Throws: the database's error.
    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int

    /// Writes rows, one statement's after another's, until one fails.
    ///
    /// A server gets them together, so that they wait for its answer once.
    ///
    /// - Returns: for each the number of rows that it inserted or updated.
    /// - Throws: the database's error.
    func execute(_ writes: [SQLRowWrite]) throws -> [Int]

    /// What this transaction knows of the audit trail.
    var notes: TrailNotes { get }

    /// What this transaction knows of elements.
    var elements: ElementNotes { get }

    /// What this transaction knows of the ledger.
    var ledger: LedgerNotes { get }

    /// Carries out `body`; what it changed is undone if it throws, and only that.
    ///
    /// What waits in the notes is written before and after it, and they are cleared where something was undone.
    ///
    /// - Throws: what `body` throws, or the database's error.
    func savepoint(_ body: () throws -> Void) throws

    /// Whether this transaction has to lock the rows that it reads and is going to write: not where only one connection can
    /// write at a time.
    var locksRows: Bool { get }

    /// Notes that this transaction changes an element of a shard, before it does.
    ///
    /// - Throws: `HostError` `.shardHeld` if another process has the shard's lease.
    func touch(_ shard: Shard) throws

    /// Whether a SELECT has to name the index that finds its rows: without counts of rows, a database would rather look through
    /// all rows of a shard by the key of their table.
    var namesIndexes: Bool { get }

    /// An error of the database as a `HostError`; a `HostError` stays as it is.
    func hostError(_ error: any Error) -> HostError

    /// Lets rows be copied that otherwise only come into being one by one: old entries of the audit trail.
    func prepareForCopy() throws

    /// Ends what `prepareForCopy` began.
    func finishCopy() throws

    /// Whether the records were moved to another database, so that nothing is added to these any more.
    var isMoved: Bool { get throws }

    /// Has every further entry in the audit trail refused, and so every change.
    func markMoved() throws

    /// Checks the database's own structure.
    ///
    /// - Returns: what is wrong with it; nil if nothing is.
    func structureFault() throws -> String?
}

extension SQLConnection {
    /// A database without leases.
    public func touch(_ shard: Shard) {}

    /// What a SELECT ends with so that nobody else changes the rows that it returns of a table before this transaction ends.
    func rowLock(of table: String) -> String { locksRows ? " FOR UPDATE OF \(table)" : "" }

    /// What follows a table whose rows an index finds.
    func indexed(by index: String) -> String { namesIndexes ? " INDEXED BY \(index)" : "" }

    /// How many rows a batch has at most.
    public static var batchSize: Int { 1000 }

    /// Writes what waits in the notes.
    ///
    /// - Throws: the database's error.
    public func flushNotes() throws {
        try write(elements.writes() + ledger.writes(in: self) + notes.writes())
    }

    /// Writes rows.
    ///
    /// - Throws: `HostError` `.locked` if another process has written one of them since it was read; or the database's
    ///   error.
    package func write(_ writes: [SQLRowWrite]) throws {
        let writes = writes.filter { !$0.rows.isEmpty }
        guard !writes.isEmpty else { return }
        // Fewer rows are written where another process was faster.
        for (write, count) in zip(writes, try execute(writes)) where count != write.rows.count {
            throw HostError(.locked, path)
        }
    }

    /// Forgets what is in the notes.
    public func clearNotes() {
        ledger.clear()
        notes.clear()
        elements.clear()
    }

    package func query(_ sql: String, _ arguments: any SQLArgument...) throws -> [SQLRow] {
        try query(sql, arguments.map(\.sqlValue))
    }

    @discardableResult
    package func execute(_ sql: String, _ arguments: any SQLArgument...) throws -> Int {
        try execute(sql, arguments.map(\.sqlValue))
    }
}
