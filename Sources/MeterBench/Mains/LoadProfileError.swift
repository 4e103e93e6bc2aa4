public import Diagnostics

/// What is wrong with a load profile's text, and in which line, from 1.
///
/// Two errors are equal if their codes and lines are.
public struct LoadProfileError: DiagnosticError, Hashable {
    /// What is wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// The first line does not give the duration of a row.
        case noInterval = 1
        /// The columns are not pairs of `watts` and `degrees`.
        case wrongColumns = 2
        /// There are no rows.
        case noRows = 3
        /// A row whose number of fields differs from the number of columns.
        case wrongCount = 4
        /// A field that is not a decimal number.
        case notANumber = 5
        /// Power beyond 10 MW, or an angle beyond 180 degrees.
        case outOfRange = 6
        /// The sign of the power contradicts the angle.
        case contradiction = 7
        /// Bytes that are not valid UTF-8.
        case notText = 8

        public var description: String {
            switch self {
            case .noInterval: "how long a row lasts is missing"
            case .wrongColumns: "these are not a profile's columns"
            case .noRows: "the profile ends without a row"
            case .wrongCount: "the row has a wrong number of fields"
            case .notANumber: "a field is not a number"
            case .outOfRange: "a value is out of range"
            case .contradiction: "power and angle do not go together"
            case .notText: "the bytes are not text in UTF-8"
            }
        }
    }

    public let code: Code
    public let line: Int
    /// The text found; empty if the code says it all.
    public let found: String

    public init(_ code: Code, line: Int, found: String = "") {
        self.code = code
        self.line = line
        self.found = found
    }

    public var subject: String { "line \(line)" }
    public var detail: String { found.isEmpty ? "" : " (\(found))" }

    public static func == (a: Self, b: Self) -> Bool { a.code == b.code && a.line == b.line }
    public func hash(into hasher: inout Hasher) {
        hasher.combine(code)
        hasher.combine(line)
    }
}
