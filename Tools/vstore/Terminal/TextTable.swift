/// Rows aligned in columns under a header.
struct TextTable {
    private var rows: [[String]]
    private let numbers: Set<Int>

    /// - Parameters:
    ///   - header: of the columns, with their units.
    ///   - numbers: the columns whose decimal points are below each other, and whose headers end with them.
    init(_ header: [String], numbers: Set<Int> = []) {
        rows = [header]
        self.numbers = numbers
    }

    mutating func add(_ row: [String]) { rows.append(row) }

    /// The header and the rows, without blanks at the ends of lines.
    var lines: [String] {
        var fields = rows
        for column in numbers { TextTable.align(&fields, column) }
        var widths: [Int] = []
        for row in fields {
            for (column, field) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], field.count)
            }
        }
        return fields.map { row in
            var line = ""
            for (column, field) in row.enumerated() {
                line += field
                if column < row.count - 1 {
                    line += String(repeating: " ", count: widths[column] - field.count + 2)
                }
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// Puts blanks before a column's fields, so that their decimal points are below each other.
    private static func align(_ rows: inout [[String]], _ column: Int) {
        func whole(_ row: [String]) -> Int { row[column].prefix { $0 != "." }.count }
        let bodies = rows.dropFirst().filter { column < $0.count }
        let wholes = bodies.map(whole).max() ?? 0
        let fractions = bodies.map { $0[column].count - whole($0) }.max() ?? 0
        for index in rows.indices where column < rows[index].count {
            // The header has no point; it ends where the longest field ends.
            let blanks =
                index == 0 ? wholes + fractions - rows[index][column].count : wholes - whole(rows[index])
            rows[index][column] = String(repeating: " ", count: max(0, blanks)) + rows[index][column]
        }
        // A header wider than the fields: they move to its end.
        let more = (rows.first?[column].count ?? 0) - wholes - fractions
        guard more > 0 else { return }
        for index in rows.indices.dropFirst() where column < rows[index].count {
            rows[index][column] = String(repeating: " ", count: more) + rows[index][column]
        }
    }
}
