/// What is wrong with a CSV file, and where: line and column of the text, both from 1.
///
/// Two errors are equal when their codes and places are.
public struct CSVError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: Sendable, Hashable {
        /// A quoted field that never ends.
        case openQuote
        /// A quote within a field that does not begin with one, or text behind a closing one.
        case strayQuote
        /// A row with more or fewer fields than the header.
        case wrongCount(expected: Int, found: Int)
        /// No header, or a column that is missing.
        case missingColumn(String)
        /// A column that is not known, or twice there.
        case unexpectedColumn(String)
        /// A field that is not what its column holds.
        case wrongField(column: String, remedy: String)
    }

    public let code: Code
    public let line: Int
    public let column: Int

    public init(_ code: Code, line: Int, column: Int) {
        self.code = code
        self.line = line
        self.column = column
    }

    public var description: String {
        let place = "line \(line), column \(column): "
        return switch code {
        case .openQuote: place + "a quoted field has no end. Close it with a quote."
        case .strayQuote:
            place + "a quote stands where none may. Put the whole field in quotes, and double those in it."
        case .wrongCount(let expected, let found):
            place + "\(found) fields instead of \(expected). Give each row as many fields as the header."
        case .missingColumn(let name): place + "the column \(name) is missing. Name it in the header."
        case .unexpectedColumn(let name): place + "the column \(name) is not known or twice there. Take it out."
        case .wrongField(let column, let remedy): place + "wrong \(column). \(remedy)"
        }
    }
}
