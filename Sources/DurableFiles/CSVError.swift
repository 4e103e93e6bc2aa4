public import Diagnostics

/// What is wrong with a CSV file, and where: line and column of the text, both from 1.
///
/// Two errors are equal if their codes and positions are.
public struct CSVError: DiagnosticError, Hashable {
    /// What is wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// A quoted field without a closing quote.
        case openQuote = 1
        /// A quote inside an unquoted field, or text after a closing quote.
        case strayQuote = 2
        /// A row with more or fewer fields than the header.
        case wrongCount = 3
        /// No header, or a missing column.
        case missingColumn = 4
        /// An unknown or duplicate column.
        case unexpectedColumn = 5
        /// A field with invalid content for its column.
        case wrongField = 6

        public var description: String {
            switch self {
            case .openQuote: "a quoted field has no end"
            case .strayQuote: "a quote is misplaced"
            case .wrongCount: "the row has a wrong number of fields"
            case .missingColumn: "a column is missing"
            case .unexpectedColumn: "a column is not known or appears twice"
            case .wrongField: "a field is wrong"
            }
        }
    }

    public let code: Code
    public let line: Int
    public let column: Int
    /// The column's name, the number of fields, or what was expected, in words; empty if the code says it all.
    public let found: String

    public init(_ code: Code, line: Int, column: Int, found: String = "") {
        self.code = code
        self.line = line
        self.column = column
        self.found = found
    }

    public var subject: String { "line \(line), column \(column)" }
    public var detail: String { found.isEmpty ? "" : " (\(found))" }

    public static func == (a: Self, b: Self) -> Bool { a.code == b.code && a.line == b.line && a.column == b.column }
    public func hash(into hasher: inout Hasher) {
        hasher.combine(code)
        hasher.combine(line)
        hasher.combine(column)
    }
}
