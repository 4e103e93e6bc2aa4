internal import DurableFiles

/// A CSV text with a header; its fields in the order in which columns were requested.
struct CSVTable {
    let rows: [[CSVText.Field]]

    /// - Throws: `CSVError`.
    init(_ text: String, columns: [String]) throws(CSVError) {
        var lines = try CSVText(text).rows
        guard let header = lines.first else { throw CSVError(.missingColumn, line: 1, column: 1, found: columns[0]) }
        lines.removeFirst()
        var indices: [String: Int] = [:]
        for (index, field) in header.enumerated() {
            guard columns.contains(field.text), indices.updateValue(index, forKey: field.text) == nil else {
                throw CSVError(.unexpectedColumn, line: field.line, column: field.column, found: field.text)
            }
        }
        for column in columns where indices[column] == nil {
            throw CSVError(
                .missingColumn, line: header[0].line, column: header[0].column, found: column)
        }
        var rows: [[CSVText.Field]] = []
        for line in lines {
            guard line.count == header.count else {
                throw CSVError(
                    .wrongCount, line: line[0].line, column: line[0].column,
                    found: "\(line.count) instead of \(header.count)")
            }
            rows.append(columns.compactMap { indices[$0] }.map { line[$0] })
        }
        self.rows = rows
    }
}

extension CSVText.Field {
    /// - Parameters:
    ///   - column: the column's name.
    ///   - expected: the expected content, or why this content is invalid.
    func wrong(_ column: String, _ expected: String) -> CSVError {
        CSVError(.wrongField, line: line, column: self.column, found: "\(column): \(expected)")
    }
}
