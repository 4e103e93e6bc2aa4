public import Diagnostics

extension ScriptError {
    /// What is wrong with a line; a number stays what it is.
    public enum Code: UInt16, DiagnosticCode {
        /// A character that is not a hexadecimal digit.
        case notHexadecimal = 1
        /// Two blanks between bytes, a blank at the front, or bytes of other than two digits.
        case spacing = 2
        /// `#` or `;` or `//` behind bytes.
        case trailingComment = 3
        /// A comment, or another text, with `exit` in it.
        case containsExit = 4
        /// The bytes are no command APDU.
        case notACommand = 5
        /// `#=` with something else than digits, wildcards and variables, and a status word at the end.
        case badExpectation = 6
        /// `#=` with no command above it, or a second one.
        case misplacedExpectation = 7
        /// `\` on the last line.
        case unfinished = 8
        /// One digit where a byte takes two.
        case halfByte = 9
        /// Something that is neither a digit nor a wildcard nor a variable.
        case strangeCharacter = 10
        /// `*{…}` that is not understood.
        case badWildcard = 11
        /// `${…}` that is not understood.
        case badVariable = 12
        /// A variable in a command whose lines go on with `\`.
        case continuedVariable = 13
        /// `#:` with something that is not known.
        case unknownDirective = 14
        /// `#: set` that is not understood.
        case badSet = 15
        /// `#: secret` without a name.
        case badSecret = 16
        /// `#: expect` that is not understood.
        case badCheck = 17
        /// `#: set` from an answer, or `#: expect`, without a command above it.
        case misplacedCheck = 18
        /// `#: rows` within rows, `#: end` without them, or rows that do not end.
        case misplacedRows = 19
        /// An include in a circle, or too deep, or too many lines in all.
        case includedTwice = 20
        /// A file that cannot be included.
        case noInclude = 21
        /// A variable that is used before it has a value.
        case unknownVariable = 22
        /// Characters that are no hexadecimal digits.
        case notDigits = 23
        /// Variables that add up to more bytes than the longest command or answer has.
        case tooLong = 24
        /// A count that does not fit one byte.
        case countTooGreat = 25

        public var description: String { description(of: "…") }

        /// In words, with the variable concerned.
        func description(of name: String) -> String {
            switch self {
            case .notHexadecimal: "is neither hexadecimal bytes, nor a comment, nor reset, nor exit"
            case .spacing: "is spaced so that scriptor would refuse it"
            case .trailingComment: "has a comment behind its bytes, which scriptor would take for bytes"
            case .containsExit: "has exit in it, at which scriptor ends the run, in a comment too"
            case .notACommand: "is not a valid command APDU"
            case .badExpectation: "expects something that is no answer"
            case .misplacedExpectation: "expects an answer where there is no command to give it"
            case .unfinished: "ends with \\ but nothing follows"
            case .halfByte: "has a byte of one digit"
            case .strangeCharacter: "has a character that means nothing there"
            case .badWildcard: "has a wildcard that is not understood"
            case .badVariable: "has a variable that is not understood"
            case .continuedVariable: "has a variable in a command that goes on below"
            case .unknownDirective: "is not a known directive"
            case .badSet: "sets nothing"
            case .badSecret: "names no secret"
            case .badCheck: "expects something that is not understood"
            case .misplacedCheck: "looks at an answer where there is no command to give it"
            case .misplacedRows: "begins or ends rows where that cannot be"
            case .includedTwice: "includes a file that is being read already, or goes too deep"
            case .noInclude: "includes what cannot be read"
            case .unknownVariable: "uses ${\(name)}, which has no value"
            case .notDigits: "uses ${\(name)}, which is not hexadecimal digits"
            case .tooLong: "has more bytes than the longest command or answer"
            case .countTooGreat: "uses ${#\(name)}, whose count is above 255"
            }
        }
    }
}
