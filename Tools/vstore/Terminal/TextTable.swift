/// Columns of text, each as wide as its widest field.
struct TextTable {
    private var rows: [[String]]

    init(_ header: [String]) { rows = [header] }

    mutating func add(_ row: [String]) { rows.append(row) }

    /// The header and the rows, without blanks at the ends of lines.
    var lines: [String] {
        var widths: [Int] = []
        for row in rows {
            for (column, field) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], field.count)
            }
        }
        return rows.map { row in
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
}
