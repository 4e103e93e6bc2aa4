public import Diagnostics
import ValueProtocol

/// Why the text of supply rules is refused: in which line, with which field, and what is allowed there.
public struct SupplyRulesTextError: DiagnosticError {
    public let code: Code
    /// From 1; nil where no line is to blame.
    public let line: Int?
    /// The field by its place in the text, such as `seasons 2, begins`; empty for all of it.
    public let field: String
    /// What is allowed there, in words; nil where `cause` says it.
    public let allowed: String?
    /// A `SupplyRulesError` where the rules are refused, or the parser's error.
    public let cause: (any Error)?

    /// - Parameters:
    ///   - code: what is wrong.
    ///   - line: from 1.
    ///   - field: by its place in the text.
    ///   - allowed: what is allowed there, in words.
    ///   - cause: the underlying error.
    public init(
        _ code: Code, line: Int?, field: String = "", allowed: String? = nil, cause: (any Error)? = nil
    ) {
        self.code = code
        self.line = line
        self.field = field
        self.allowed = allowed
        self.cause = cause
    }

    /// What is wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// The text is not YAML, or has no rules in it.
        case notYAML = 1
        /// The text is longer than any rules.
        case tooLong = 2
        /// A field of this name does not exist here.
        case unknownField = 3
        /// A field that must be present is not.
        case missingField = 4
        /// The value has another form.
        case wrongValue = 5
        /// The values are well formed, but do not make rules.
        case refused = 6
        /// More aliases than rules need; they could stand for any amount of text.
        case tooManyAliases = 7

        public var description: String {
            switch self {
            case .notYAML: "this is not YAML"
            case .tooLong: "the text is longer than any rules"
            case .unknownField: "there is no such field here"
            case .missingField: "the field is missing"
            case .wrongValue: "the value has a wrong form"
            case .refused: "the value is not allowed"
            case .tooManyAliases: "the text has more than 8 aliases"
            }
        }
    }

    /// `line 12, seasons 2, begins`
    public var subject: String {
        let parts = [line.map { "line \($0)" }, field.isEmpty ? nil : field].compactMap { $0 }
        return parts.isEmpty ? "supply rules" : parts.joined(separator: ", ")
    }

    public var detail: String {
        if let allowed { return " (allowed: \(allowed))" }
        if let error = cause as? SupplyRulesError { return " (\(error.code)\(error.detail))" }
        return cause.map { " (\($0))" } ?? ""
    }
}
