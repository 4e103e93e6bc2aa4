public import Diagnostics

extension ScriptError {
    /// What is wrong with a line. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// A character that is not a hexadecimal digit.
        case notHexadecimal = 1
        /// Two blanks between bytes, a leading blank, or bytes that do not have two digits.
        case spacing = 2
        /// `#` or `;` or `//` after bytes.
        case trailingComment = 3
        /// A comment, or another text, that contains `exit`.
        case containsExit = 4
        /// The bytes are not a valid command APDU.
        case notACommand = 5
        /// `#=` with anything but digits, wildcards and variables, ending in a status word.
        case badExpectation = 6
        /// `#=` without a command above it, or a second one.
        case misplacedExpectation = 7
        /// `\` on the last line.
        case unfinished = 8
        /// One digit where a byte needs two.
        case halfByte = 9
        /// A character that is not part of a digit, wildcard or variable.
        case unexpectedCharacter = 10
        /// Invalid `*{…}`.
        case badWildcard = 11
        /// Invalid `${…}`.
        case badVariable = 12
        /// A variable in a command that is continued with `\`.
        case continuedVariable = 13
        /// Unknown `#:` directive.
        case unknownDirective = 14
        /// Invalid `#: set`.
        case badSet = 15
        /// `#: secret` without a name.
        case badSecret = 16
        /// Invalid `#: expect`.
        case badCheck = 17
        /// `#: set` from an answer, or `#: expect`, without a command above it.
        case misplacedCheck = 18
        /// Nested `#: rows`, `#: end` without them, or unterminated rows.
        case misplacedRows = 19
        /// A circular include, too many levels, or too many lines in total.
        case includedTwice = 20
        /// A file that cannot be included.
        case noInclude = 21
        /// A variable that is used before it has a value.
        case unknownVariable = 22
        /// Characters that are not hexadecimal digits.
        case notDigits = 23
        /// Variables that add up to more bytes than a command or answer can have.
        case tooLong = 24
        /// A count that does not fit one byte.
        case countTooLarge = 25
        /// A line of a file of secrets that is not `name=value`.
        case badDefinition = 26
        /// `#: bytes` without any.
        case noBytes = 27

        public var description: String { description(of: "…") }

        /// As text, with the variable concerned.
        func description(of name: String) -> String {
            switch self {
            case .notHexadecimal: "is neither hexadecimal bytes, nor a comment, nor reset, nor exit"
            case .spacing: "is spaced so that scriptor would refuse it"
            case .trailingComment: "has a comment behind its bytes, which scriptor would take for bytes"
            case .containsExit: "has exit in it, at which scriptor ends the run, in a comment too"
            case .notACommand: "is not a valid command APDU"
            case .badExpectation: "expects something that is not an answer"
            case .misplacedExpectation: "expects an answer without a command before it"
            case .unfinished: "ends with \\ but nothing follows"
            case .halfByte: "has a byte of one digit"
            case .unexpectedCharacter: "has a character that means nothing there"
            case .badWildcard: "has a wildcard that is not understood"
            case .badVariable: "has a variable that is not understood"
            case .continuedVariable: "has a variable in a command that goes on below"
            case .unknownDirective: "is not a known directive"
            case .badSet: "sets nothing"
            case .badSecret: "names no secret"
            case .badCheck: "expects something that is not understood"
            case .misplacedCheck: "checks an answer without a command before it"
            case .misplacedRows: "begins or ends rows where that cannot be"
            case .includedTwice: "includes a file that is being read already, or goes too deep"
            case .noInclude: "includes what cannot be read"
            case .unknownVariable: "uses ${\(name)}, which has no value"
            case .notDigits: "uses ${\(name)}, which is not hexadecimal digits"
            case .tooLong: "has more bytes than the longest command or answer"
            case .countTooLarge: "uses ${#\(name)}, whose count is above 255"
            case .badDefinition: "is not name=value"
            case .noBytes: "has no bytes"
            }
        }
    }
}
