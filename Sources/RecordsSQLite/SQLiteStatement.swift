internal import GRDB
internal import GRDBSQLite
internal import Records

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A statement from GRDB's cache, whose arguments and columns go through SQLite's own interface: GRDB makes an object of
/// each value, and an order writes some hundred of them.
///
/// It is used inside one call on the connection, so that the cache cannot give it to somebody else meanwhile.
@safe struct SQLiteStatement {
    private let statement: Statement
    private let handle: OpaquePointer
    private let connection: OpaquePointer?

    /// - Throws: `DatabaseError` if SQLite cannot prepare it.
    init(_ sql: String, in database: Database) throws {
        statement = try database.cachedStatement(sql: sql)
        unsafe handle = statement.sqliteStatement
        unsafe connection = database.sqliteConnection
    }

    /// The names of its columns.
    func columns(of path: String) -> SQLRow.Columns {
        SQLRow.Columns(statement.columnNames, of: path)
    }

    func newBatch(of capacity: Int) -> SQLRowBatch {
        SQLRowBatch(columnCount: statement.columnCount, capacity: capacity)
    }

    /// Carries it out, and passes each row's values to `body`.
    ///
    /// - Throws: `DatabaseError`, or what `body` throws.
    func run(_ arguments: [SQLValue], _ body: ([SQLValue]) throws -> Void = { _ in }) throws {
        try step(arguments) { try body(unsafe (0..<sqlite3_column_count(handle)).map { value($0) }) }
    }

    /// Carries it out, and calls `body` at each row.
    ///
    /// - Throws: `DatabaseError`, or what `body` throws.
    func step(_ arguments: [SQLValue], _ body: () throws -> Void) throws {
        // The bytes of all texts and blobs, one behind another; an empty one needs an address too.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(arguments.count * 16 + 1)
        for argument in arguments {
            switch argument {
            case .text(let text): bytes.append(contentsOf: text.utf8)
            case .blob(let blob): bytes.append(contentsOf: blob)
            case .null, .integer: break
            }
        }
        bytes.append(0)
        try unsafe bytes.withUnsafeBufferPointer { bytes in
            defer {
                // Its result is that of the last step, which was checked.
                unsafe sqlite3_reset(handle)
                unsafe sqlite3_clear_bindings(handle)
            }
            try unsafe bind(arguments, bytes)
            while true {
                switch unsafe sqlite3_step(handle) {
                case SQLITE_DONE: return
                case SQLITE_ROW: try body()
                case let code: throw failure(code)
                }
            }
        }
    }

    private func bind(_ arguments: [SQLValue], _ bytes: UnsafeBufferPointer<UInt8>) throws {
        guard unsafe Int(sqlite3_bind_parameter_count(handle)) == arguments.count else {
            preconditionFailure("a statement with another number of arguments: \(statement.sql)")
        }
        var start = 0
        for (index, argument) in zip(Int32(1)..., arguments) {
            let place = unsafe UnsafeRawPointer(bytes.baseAddress)?.advanced(by: start)
            let code: CInt
            switch argument {
            case .null: code = unsafe sqlite3_bind_null(handle, index)
            case .integer(let integer): code = unsafe sqlite3_bind_int64(handle, index, integer)
            case .text(let text):
                let count = text.utf8.count
                code = unsafe sqlite3_bind_text(
                    handle, index, place?.assumingMemoryBound(to: CChar.self), CInt(count), nil)
                start += count
            case .blob(let blob):
                code = unsafe sqlite3_bind_blob(handle, index, place, CInt(blob.count), nil)
                start += blob.count
            }
            guard code == SQLITE_OK else { throw failure(code) }
        }
    }

    private func value(_ column: CInt) -> SQLValue {
        // Asking the statement takes a lock each time, so it is asked once; the connection is one thread's.
        let value = unsafe sqlite3_column_value(handle, column)
        switch unsafe sqlite3_value_type(value) {
        case SQLITE_INTEGER: return .integer(unsafe sqlite3_value_int64(value))
        case SQLITE_BLOB: return .blob(unsafe Array(blob(value)))
        case SQLITE_NULL: return .null
        // No column is a floating-point number, whose text this gives.
        default:
            let text = unsafe sqlite3_value_text(value)
            return .text(
                unsafe String(
                    decoding: UnsafeBufferPointer(start: text, count: Int(sqlite3_value_bytes(value))), as: UTF8.self))
        }
    }

    /// Appends the row that it has stepped to.
    func append(to batch: inout SQLRowBatch) {
        for column in unsafe 0..<sqlite3_column_count(handle) {
            let value = unsafe sqlite3_column_value(handle, column)
            switch unsafe sqlite3_value_type(value) {
            case SQLITE_INTEGER: batch.append(integer: unsafe sqlite3_value_int64(value))
            // The bytes of a text are taken as they are in the file.
            case SQLITE_TEXT: unsafe batch.append(text: blob(value))
            case SQLITE_BLOB: unsafe batch.append(blob: blob(value))
            // No column is a floating-point number.
            default: batch.appendNull()
            }
        }
    }

    private func blob(_ value: OpaquePointer?) -> UnsafeRawBufferPointer {
        // The address first: asking for it may convert the value, and change its length.
        let address = unsafe sqlite3_value_blob(value)
        return unsafe UnsafeRawBufferPointer(start: address, count: Int(sqlite3_value_bytes(value)))
    }

    private func failure(_ code: CInt) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: code), message: unsafe String(cString: sqlite3_errmsg(connection)),
            sql: statement.sql)
    }
}
