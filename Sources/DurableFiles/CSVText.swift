/// Comma-separated values (RFC 4180): fields are quoted if they contain commas, quotes (doubled) or line breaks.
///
/// Lines end with CRLF or LF; a byte-order mark and empty lines are skipped.
public struct CSVText: Sendable {
    /// One field and its start position, both from 1.
    public struct Field: Sendable, Hashable {
        public let text: String
        public let line: Int
        public let column: Int
    }

    /// The rows, including the header.
    public let rows: [[Field]]

    /// - Throws: `CSVError` `.openQuote`, `.strayQuote`.
    public init(_ text: String) throws(CSVError) {
        var scanner = CSVScanner(text)
        rows = try scanner.rows()
    }

    /// A row as text, without its line end.
    public static func line(_ fields: [String]) -> String {
        fields.map { field in
            let needsQuotes = field.unicodeScalars.contains { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }
            guard needsQuotes else { return field }
            return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
                + "\""
        }.joined(separator: ",")
    }
}

/// Scans scalar by scalar, so that CRLF is two.
private struct CSVScanner {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var line = 1
    private var column = 1

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        if scalars.first == "\u{FEFF}" { index = 1 }
    }

    private var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private var isAtLineEnd: Bool {
        current == "\n" || (current == "\r" && index + 1 < scalars.count && scalars[index + 1] == "\n")
    }

    private mutating func advance() {
        if scalars[index] == "\n" {
            line += 1
            column = 1
        } else {
            column += 1
        }
        index += 1
    }

    mutating func rows() throws(CSVError) -> [[CSVText.Field]] {
        var rows: [[CSVText.Field]] = []
        while current != nil {
            var row = [try field()]
            while current == "," {
                advance()
                row.append(try field())
            }
            if current == "\r" { advance() }
            if current == "\n" { advance() }
            if row.count > 1 || !row[0].text.isEmpty { rows.append(row) }
        }
        return rows
    }

    private mutating func field() throws(CSVError) -> CSVText.Field {
        let (startLine, startColumn) = (line, column)
        var text = String.UnicodeScalarView()
        if current == "\"" {
            advance()
            while true {
                guard let scalar = current else { throw CSVError(.openQuote, line: startLine, column: startColumn) }
                advance()
                if scalar == "\"" {
                    guard current == "\"" else { break }
                    advance()
                }
                text.append(scalar)
            }
            guard current == nil || current == "," || isAtLineEnd else {
                throw CSVError(.strayQuote, line: line, column: column)
            }
        } else {
            while let scalar = current, scalar != ",", !isAtLineEnd {
                guard scalar != "\"" else { throw CSVError(.strayQuote, line: line, column: column) }
                text.append(scalar)
                advance()
            }
        }
        return CSVText.Field(text: String(text), line: startLine, column: startColumn)
    }
}
