/// A CSV text with a header, its fields in the order in which columns were asked for.
struct CSVTable {
    let rows: [[CSVText.Field]]

    /// - Throws: `CSVError`.
    init(_ text: String, columns: [String]) throws(CSVError) {
        var lines = try CSVText(text).rows
        guard let header = lines.first else { throw CSVError(.missingColumn(columns[0]), line: 1, column: 1) }
        lines.removeFirst()
        var places: [String: Int] = [:]
        for (index, field) in header.enumerated() {
            guard columns.contains(field.text), places.updateValue(index, forKey: field.text) == nil else {
                throw CSVError(.unexpectedColumn(field.text), line: field.line, column: field.column)
            }
        }
        for column in columns where places[column] == nil {
            throw CSVError(.missingColumn(column), line: header[0].line, column: header[0].column)
        }
        var rows: [[CSVText.Field]] = []
        for line in lines {
            guard line.count == header.count else {
                throw CSVError(
                    .wrongCount(expected: header.count, found: line.count), line: line[0].line, column: line[0].column)
            }
            rows.append(columns.compactMap { places[$0] }.map { line[$0] })
        }
        self.rows = rows
    }
}

extension CSVText.Field {
    func wrong(_ column: String, _ remedy: String) -> CSVError {
        CSVError(.wrongField(column: column, remedy: remedy), line: line, column: self.column)
    }
}
