internal import CPQ
internal import Records

/// A connection to a server, for one thread at a time, through libpq.
@safe final class PostgreSQLConnection: SQLConnection {
    /// A statement as the server has prepared it: for other types of arguments it is another one.
    struct Statement: Hashable {
        let sql: String
        let types: [Oid]

        init(sql: String, types: [Oid]) { (self.sql, self.types) = (sql, types) }

        /// One whose arguments have the types of these.
        init(_ sql: String, _ arguments: [SQLValue]) { self.init(sql: sql, types: arguments.map(\.type)) }
    }

    let handle: OpaquePointer
    let path: String
    private var prepared: [Statement: String] = [:]
    private var savepoints = 0
    private(set) var notes = TrailNotes()
    private(set) var elements = ElementNotes()
    private(set) var ledger = LedgerNotes()
    /// The leases that the transaction under way checks.
    private var fence: ShardFence?
    /// What begins the transaction under way, until the server gets it, along with the first statement.
    var beginning: String?
    /// Whether the server has begun the last transaction.
    var hasBegun = false
    /// The server's last error in the last transaction, which a caller may have made an error of its own of.
    private(set) var lastFailure: PostgreSQLError?

    /// A transaction that only reads locks nothing.
    private(set) var locksRows = false
    var namesIndexes: Bool { false }

    /// Connects.
    ///
    /// - Parameters:
    ///   - information: a connection string or URI (PostgreSQL, 34.1.1).
    ///   - path: what messages call the database: without a password.
    init(_ information: String, path: String) throws(PostgreSQLError) {
        guard let handle = unsafe PQconnectdb(information) else {
            throw PostgreSQLError(state: nil, message: "out of memory")
        }
        guard unsafe PQstatus(handle) == CONNECTION_OK else {
            let message = unsafe Self.text(PQerrorMessage(handle))
            unsafe PQfinish(handle)
            throw PostgreSQLError(state: nil, message: message)
        }
        unsafe self.handle = handle
        self.path = path
    }

    deinit { unsafe PQfinish(handle) }

    /// Has the server find rows by their keys, whatever the arguments are and however small a table still is: statements are
    /// planned once, and what was planned for the first rows is right for a million.
    func planByKeys() throws(PostgreSQLError) {
        try script(
            """
            SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = off;
            SET enable_mergejoin = off
            """)
    }

    /// Carries out statements without arguments, separated by semicolons.
    func script(_ sql: String) throws(PostgreSQLError) {
        if let begin = beginning {
            beginning = nil
            try script(begin)
            hasBegun = true
        }
        _ = try unsafe check(PQexec(handle, sql))
    }

    /// A transaction: everything that `body` does, or nothing if it throws.
    ///
    /// - Parameters:
    ///   - begin: the statement that begins it.
    ///   - fence: the leases of the shards that it changes; nil for a transaction that changes no element.
    ///   - body: what it does.
    /// - Throws: what `body` throws, `LostLease`, or `PostgreSQLError`; whether a commit was done whose answer is lost is
    ///   unknown.
    func transaction<Value>(
        _ begin: String, fence: ShardFence? = nil, _ body: (any SQLConnection) throws -> Value
    ) throws -> Value {
        (hasBegun, lastFailure) = (false, nil)
        locksRows = !begin.hasSuffix("READ ONLY")
        (notes, elements, ledger) = (TrailNotes(), ElementNotes(), LedgerNotes())
        self.fence = fence
        fence?.begin()
        beginning = begin
        defer { (self.fence, beginning) = (nil, nil) }
        let value: Value
        do {
            value = try body(self)
            try flushNotes()
            try fence?.check(in: self)
        } catch {
            guard beginning == nil else { throw error }
            // Of a lost connection the server undoes the transaction by itself.
            do throws(PostgreSQLError) {
                try script("ROLLBACK")
            } catch let lost {
                throw lost.isConnectionLost ? lost : error
            }
            throw error
        }
        // Where nothing was asked, there is nothing to commit.
        guard beginning == nil else { return value }
        let commit = try unsafe check(PQexec(handle, "COMMIT"))
        // After an error that the body passed over, the server undoes the transaction, and says so in the tag alone.
        guard unsafe Self.text(PQcmdStatus(commit.handle)) == "COMMIT" else {
            throw lastFailure ?? PostgreSQLError(state: "25P02", message: "the transaction was undone")
        }
        fence?.end()
        return value
    }

    func query(_ sql: String, _ arguments: [SQLValue]) throws -> [SQLRow] {
        rows(of: try run(sql, arguments))
    }

    func forEachResult(of queries: [SQLQuery], _ body: (Int, [SQLRow]) throws -> Void) throws {
        let calls = try queries.map { query throws(PostgreSQLError) in
            (try prepare(Statement(query.sql, query.arguments)), query.arguments)
        }
        try runTogether(calls) { index, result in try body(index, rows(of: result)) }
    }

    func forEachRow(of sql: String, _ arguments: [SQLValue], _ body: (SQLRow) throws -> Void) throws {
        _ = try run("DECLARE every_row NO SCROLL CURSOR FOR \(sql)", arguments)
        while true {
            let some = rows(of: try run("FETCH 1000 FROM every_row", []))
            for row in some { try body(row) }
            if some.count < 1000 { break }
        }
        try script("CLOSE every_row")
    }

    func forEachBatch(of sql: String, _ arguments: [SQLValue], _ body: (SQLRowBatch) throws -> Void) throws {
        _ = try run("DECLARE every_batch NO SCROLL CURSOR FOR \(sql)", arguments)
        while true {
            let batch = batch(of: try run("FETCH \(Self.batchSize) FROM every_batch", []))
            do {
                if batch.count > 0 { try body(batch) }
            } catch {
                // A caller that goes on may read again; after an error of the server nothing can.
                if lastFailure == nil { try script("CLOSE every_batch") }
                throw error
            }
            if batch.count < Self.batchSize { break }
        }
        try script("CLOSE every_batch")
    }

    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        rowCount(of: try run(sql, arguments))
    }

    func execute(_ writes: [SQLRowWrite]) throws -> [Int] {
        var (calls, places): ([Call], [Int]) = ([], [])
        for (place, write) in writes.enumerated() {
            try write.statement.forEachBatch(of: write.rows) { sql, arguments in
                // The server knows the types by the columns that the arguments are for.
                calls.append((try prepare(Statement(sql: sql, types: [])), arguments))
                places.append(place)
            }
        }
        var counts = Array(repeating: 0, count: writes.count)
        try runTogether(calls) { index, result in counts[places[index]] += rowCount(of: result) }
        return counts
    }

    private func rowCount(of result: QueryResult) -> Int {
        unsafe Int(Self.text(PQcmdTuples(result.handle))) ?? 0
    }

    func requireSuccess(_ code: CInt) throws(PostgreSQLError) {
        if code != 1 { throw lostConnection() }
    }

    func lostConnection() -> PostgreSQLError {
        let isLost = unsafe PQstatus(handle) != CONNECTION_OK
        let failure = PostgreSQLError(
            state: isLost ? nil : "08000", message: unsafe Self.text(PQerrorMessage(handle)))
        lastFailure = failure
        return failure
    }

    func savepoint(_ body: () throws -> Void) throws {
        savepoints += 1
        defer { savepoints -= 1 }
        let name = "change_\(savepoints)"
        try flushNotes()
        try script("SAVEPOINT \(name)")
        do {
            try body()
            try flushNotes()
        } catch {
            clearNotes()
            try script("ROLLBACK TO SAVEPOINT \(name); RELEASE SAVEPOINT \(name)")
            throw error
        }
        try script("RELEASE SAVEPOINT \(name)")
    }

    func touch(_ shard: Shard) throws(HostError) { try fence?.touch(shard) }

    func hostError(_ error: any Error) -> HostError { HostError(database: error, path) }

    /// The table of old entries takes them at any time.
    func prepareForCopy() {}

    func finishCopy() {}

    var isMoved: Bool {
        get throws { try !query("SELECT 1 AS one FROM pg_trigger WHERE tgname = 'audit_event_moved'", []).isEmpty }
    }

    func markMoved() throws { try script(PostgreSQLSchema.moved) }

    /// The server checks its pages itself, with checksums where the cluster has them.
    func structureFault() -> String? { nil }

    // MARK: libpq

    private func run(_ sql: String, _ arguments: [SQLValue]) throws -> QueryResult {
        let name = try prepare(Statement(sql, arguments))
        if beginning != nil {
            var result: QueryResult?
            try pipeline([(name, arguments)]) { result = $1 }
            guard let result else { throw lostConnection() }
            return result
        }
        return try unsafe check(
            withArguments(arguments) { count, values, lengths, formats in
                unsafe PQexecPrepared(handle, name, count, values, lengths, formats, 1)
            })
    }

    /// Passes arguments as libpq takes them: their count, values, lengths and formats.
    func withArguments<Result>(
        _ arguments: [SQLValue],
        _ body: (CInt, [UnsafePointer<CChar>?], [CInt], [CInt]) -> Result
    ) -> Result {
        // The bytes of all arguments, one behind another; an empty one needs an address too.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(arguments.count * 16 + 1)
        let places = arguments.map { argument in
            let start = bytes.count
            argument.append(to: &bytes)
            return start..<bytes.count
        }
        bytes.append(0)
        let lengths = places.map { CInt($0.count) }
        let formats = [CInt](repeating: 1, count: arguments.count)
        return unsafe bytes.withUnsafeBytes { bytes in
            let values: [UnsafePointer<CChar>?] = unsafe zip(arguments, places).map { argument, place in
                guard argument != .null, let base = bytes.baseAddress else { return nil }
                return unsafe (base + place.lowerBound).assumingMemoryBound(to: CChar.self)
            }
            return unsafe body(CInt(values.count), values, lengths, formats)
        }
    }

    func prepare(_ statement: Statement) throws(PostgreSQLError) -> String {
        if let name = prepared[statement] { return name }
        let name = "statement_\(prepared.count)"
        _ = try unsafe check(
            PQprepare(
                handle, name, Self.numbered(statement.sql), Int32(statement.types.count), statement.types))
        prepared[statement] = name
        return name
    }

    /// A statement whose arguments are `$1`, `$2` and so on, in place of `?`.
    private static func numbered(_ sql: String) -> String {
        var number = 0
        return sql.split(separator: "?", omittingEmptySubsequences: false).map(String.init).reduce("") { done, part in
            guard number > 0 else {
                number = 1
                return part
            }
            defer { number += 1 }
            return "\(done)$\(number)\(part)"
        }
    }

    private func check(_ result: OpaquePointer?) throws(PostgreSQLError) -> QueryResult {
        let result = unsafe QueryResult(result)
        try check(result)
        return result
    }

    func check(_ result: QueryResult) throws(PostgreSQLError) {
        switch unsafe PQresultStatus(result.handle) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return
        default:
            let isLost = unsafe PQstatus(handle) != CONNECTION_OK
            let state = unsafe Self.text(PQresultErrorField(result.handle, PQdiagnostic.state))
            let message = unsafe Self.text(PQresultErrorField(result.handle, PQdiagnostic.message))
            let failure = PostgreSQLError(
                state: isLost || state.isEmpty ? nil : state,
                message: message.isEmpty ? unsafe Self.text(PQerrorMessage(handle)) : message)
            lastFailure = failure
            throw failure
        }
    }

    private func rows(of result: QueryResult) -> [SQLRow] {
        let count = unsafe (rows: PQntuples(result.handle), columns: PQnfields(result.handle))
        let columns = SQLRow.Columns(
            (0..<count.columns).map { unsafe Self.text(PQfname(result.handle, $0)) }, of: path)
        let types = (0..<count.columns).map { unsafe PQftype(result.handle, $0) }
        return (0..<count.rows).map { row in
            SQLRow(
                columns,
                (0..<count.columns).map { column in
                    guard unsafe PQgetisnull(result.handle, row, column) == 0 else { return .null }
                    let bytes = unsafe UnsafeRawBufferPointer(
                        start: PQgetvalue(result.handle, row, column),
                        count: Int(PQgetlength(result.handle, row, column)))
                    return unsafe SQLValue(bytes, types[Int(column)])
                })
        }
    }

    private func batch(of result: QueryResult) -> SQLRowBatch {
        let count = unsafe (rows: PQntuples(result.handle), columns: PQnfields(result.handle))
        let types = (0..<count.columns).map { unsafe PQftype(result.handle, $0) }
        var batch = SQLRowBatch(columnCount: Int(count.columns), capacity: Int(count.rows))
        for row in 0..<count.rows {
            for column in 0..<count.columns {
                guard unsafe PQgetisnull(result.handle, row, column) == 0 else {
                    batch.appendNull()
                    continue
                }
                let bytes = unsafe UnsafeRawBufferPointer(
                    start: PQgetvalue(result.handle, row, column),
                    count: Int(PQgetlength(result.handle, row, column)))
                switch types[Int(column)] {
                case PostgreSQLType.int2, PostgreSQLType.int4, PostgreSQLType.int8:
                    batch.append(integer: unsafe Int64(signed: bytes))
                case PostgreSQLType.bytea: unsafe batch.append(blob: bytes)
                default: unsafe batch.append(text: bytes)
                }
            }
        }
        return batch
    }

    private static func text(_ pointer: UnsafePointer<CChar>?) -> String {
        guard let pointer = unsafe pointer else { return "" }
        var text = unsafe String(cString: pointer)
        while text.last?.isNewline == true { text.removeLast() }
        return text
    }
}

/// The fields of an error report: `PG_DIAG_SQLSTATE`, `PG_DIAG_MESSAGE_PRIMARY`, which are characters in C.
private enum PQdiagnostic {
    static let state = Int32(UInt8(ascii: "C"))
    static let message = Int32(UInt8(ascii: "M"))
}
