public import Diagnostics

/// Why a typed line cannot be executed.
public struct ShellError: DiagnosticError {
    /// What is wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// The first word is neither one of the shell, nor a command's name, nor hexadecimal.
        case unknownWord = 1
        /// A word of the shell with other arguments than it takes.
        case badUsage = 2
        /// `set` without a valid name or without a value.
        case badSet = 3
        /// `select` with an unknown name.
        case unknownName = 4
        /// `select` with a name that several applications have.
        case ambiguousName = 5
        /// No command was answered yet.
        case noAnswer = 6
        /// The last answer does not have the value that a variable should get.
        case notInAnswer = 7
        // 8 was for bytes that are not valid BER-TLV, which are shown as far as they can be read.
        /// An unknown parameter of a named command, or an invalid value of one.
        case badParameter = 9
        /// The data of a named command are too long or contain a variable.
        case badData = 10
        /// The bytes violate a rule of scripts: the cause is the `ScriptError`.
        case script = 11

        public var description: String {
            switch self {
            case .unknownWord: "is not a command"
            case .badUsage, .badParameter: "is not understood"
            case .badSet: "sets nothing"
            case .unknownName: "is not a known name, path or AID"
            case .ambiguousName: "several applications match"
            case .noAnswer: "there is no answer yet"
            case .notInAnswer: "stays as it was"
            case .badData: "data= takes up to 255 bytes and no variables"
            case .script: "is not valid"
            }
        }
    }

    public let code: Code
    /// The part of the line concerned.
    public let subject: String
    /// The underlying error, if any.
    public let cause: (any Error)?
    /// With `.badUsage`: how the word is used.
    public let usage: String?

    init(_ code: Code, _ subject: String, usage: String? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.usage = usage
        self.cause = cause
    }

    /// A violation of the rules of scripts, at a column of `line` or of the line as a whole.
    init(_ code: ScriptError.Code, column: Int?, of line: some StringProtocol, name: String?) {
        self.init(
            .script, column.map { "column \($0)" } ?? "This",
            cause: ScriptError(code, line: 1, column: column, text: line, name: name))
    }

    public var description: String {
        guard let error = cause as? ScriptError else { return "\(subject): \(code)\(detail)" }
        // The script's words for it are more exact.
        return "\(subject) \(error.code.description(of: error.name ?? "…"))"
    }
}
