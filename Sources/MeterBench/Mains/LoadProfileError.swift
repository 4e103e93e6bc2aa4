/// What is wrong with a load profile's text, and in which line, from 1.
///
/// Two errors are equal when their codes and lines are.
public struct LoadProfileError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: Sendable, Hashable {
        /// The first line does not say how long a row lasts.
        case noInterval
        /// The columns are not pairs of `watts` and `degrees`.
        case wrongColumns
        /// Rows are missing.
        case noRows
        /// A row with more or fewer fields than there are columns.
        case wrongCount(expected: Int, found: Int)
        /// A field that is no decimal number.
        case notANumber(String)
        /// Power that is beyond 10 MW, or an angle beyond 180 degrees.
        case outOfRange(String)
        /// An angle at which power does not go in the direction of its sign.
        case contradiction(watts: String, degrees: String)
        /// Bytes that are no text in UTF-8.
        case notText
    }

    public let code: Code
    public let line: Int

    public init(_ code: Code, line: Int) {
        self.code = code
        self.line = line
    }

    public var description: String {
        switch code {
        case .noInterval:
            "line \(line): how long a row lasts is missing. Begin with a line such as seconds a row,900 (1 to 86400)."
        case .wrongColumns:
            "line \(line): these are not a profile's columns. Name them watts,degrees once for each channel."
        case .noRows: "line \(line): the profile ends without a row. Give it at least one."
        case .wrongCount(let expected, let found):
            "line \(line): \(found) fields instead of \(expected). Give each row watts and degrees of each channel."
        case .notANumber(let text):
            "line \(line): \"\(text)\" is no number. Write decimals with a point, as in 1250 or -12.5."
        case .outOfRange(let text):
            "line \(line): \(text) is too much. Power goes to 10000000 W, angles go to 180 degrees, to either side."
        case .contradiction(let watts, let degrees):
            "line \(line): \(watts) W does not go with \(degrees) degrees. "
                + "Give power from the line an angle below 90 degrees, and negative power, to the line, one above."
        case .notText: "line \(line): the bytes are no text. Save the file as UTF-8."
        }
    }
}
