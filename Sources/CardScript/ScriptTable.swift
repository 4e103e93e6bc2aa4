public import DurableFiles

/// A table of values for a script: its header names variables, and each row has a value for each.
public struct ScriptTable: Sendable, Hashable {
    /// The variables, in the order of the header.
    public let columns: [String]
    /// The values by variable.
    public let rows: [[String: String]]

    /// Parses comma-separated values (RFC 4180).
    ///
    /// - Throws: `CSVError`, with line and column: `.missingColumn` for no header, `.wrongField` for a name that is not a
    ///   variable's, `.unexpectedColumn` for one that appears twice, `.wrongCount`; `.openQuote`, `.strayQuote`.
    public init(csv text: String) throws(CSVError) {
        var lines = try CSVText(text).rows
        guard let header = lines.first else {
            throw CSVError(.missingColumn, line: 1, column: 1, found: "the header names the variables")
        }
        lines.removeFirst()
        var columns: [String] = []
        for field in header {
            guard ScriptVariables.isName(field.text) else {
                throw CSVError(
                    .wrongField, line: field.line, column: field.column,
                    found: "\(field.text) is not a variable name: letters, digits and _, no digit first")
            }
            guard !columns.contains(field.text) else {
                throw CSVError(.unexpectedColumn, line: field.line, column: field.column, found: field.text)
            }
            columns.append(field.text)
        }
        var rows: [[String: String]] = []
        for line in lines {
            guard line.count == columns.count else {
                throw CSVError(
                    .wrongCount, line: line[0].line, column: line[0].column,
                    found: "\(line.count) instead of \(columns.count)")
            }
            rows.append(Dictionary(uniqueKeysWithValues: zip(columns, line.map(\.text))))
        }
        (self.columns, self.rows) = (columns, rows)
    }
}
