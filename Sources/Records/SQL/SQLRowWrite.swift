/// A statement that writes a row, as it writes one and as it writes several.
///
/// Its arguments are for columns, whose types they have.
public struct SQLRowStatement: Sendable {
    /// How many rows one statement writes, so that few different ones are prepared.
    private static let sizes = [64, 16, 4, 2, 1]

    private let texts: [Int: String]
    /// The text that writes one row.
    public let sql: String
    /// How many arguments a row has.
    public let columnCount: Int

    /// - Parameters:
    ///   - columnCount: how many arguments a row has.
    ///   - sql: the text with the rows' place holders, such as `(?, ?), (?, ?)`.
    init(columnCount: Int, _ sql: (String) -> String) {
        let row = "(" + Array(repeating: "?", count: columnCount).joined(separator: ", ") + ")"
        self.columnCount = columnCount
        self.sql = sql(row)
        texts = Dictionary(
            uniqueKeysWithValues: Self.sizes.map { size in
                (size, sql(Array(repeating: row, count: size).joined(separator: ", ")))
            })
    }

    /// One that writes only one row.
    init(columnCount: Int, each sql: String) {
        self.columnCount = columnCount
        self.sql = sql
        texts = [1: sql]
    }

    /// Passes the rows in as few statements as there are texts for, each with the arguments of its rows.
    ///
    /// - Parameters:
    ///   - rows: to be written.
    ///   - body: gets a text and the arguments.
    public func forEachBatch(of rows: [[SQLValue]], _ body: (String, [SQLValue]) throws -> Void) rethrows {
        var rest = rows[...]
        for size in Self.sizes {
            guard let text = texts[size] else { continue }
            while rest.count >= size {
                try body(text, rest.prefix(size).flatMap(\.self))
                rest.removeFirst(size)
            }
        }
    }
}

/// Rows that a statement has to write.
public struct SQLRowWrite: Sendable {
    public let statement: SQLRowStatement
    public let rows: [[SQLValue]]

    init(_ statement: SQLRowStatement, _ rows: [[SQLValue]]) {
        self.statement = statement
        self.rows = rows
    }
}
