import CardTrace
public import Diagnostics

/// Why a text is not a valid script: the line, and what is wrong with it.
///
/// Two errors are equal when their codes and lines are.
public struct ScriptError: DiagnosticError, Hashable {
    /// Why a file could not be included.
    public struct NoInclude: Error, Sendable {
        /// As text.
        public let reason: String
        public init(_ reason: String) { self.reason = reason }
    }

    /// What is wrong.
    public let code: Code
    /// The included file; nil for the script itself.
    public private(set) var file: String?
    /// The line, counted from 1.
    public let line: Int
    /// The character of the line, counted from 1; nil where the line as a whole is wrong.
    public let column: Int?
    /// The line's text, shortened where it is long or contains a PIN or key.
    public let text: String
    /// The variable concerned, if any.
    public let name: String?
    /// With `.noInclude`: the reason as text.
    public let reason: String?

    init(
        _ code: Code, line: Int, column: Int? = nil, text: some StringProtocol, name: String? = nil,
        reason: String? = nil
    ) {
        self.code = code
        self.line = line
        self.column = column
        self.name = name
        self.reason = reason
        let text = SecretCommands.shown(text)
        self.text = text.count > 60 ? "\(text.prefix(60))…" : text
    }

    /// The same error, in an included file.
    func within(_ file: String?) -> ScriptError {
        var error = self
        error.file = self.file ?? file
        return error
    }

    /// `FILE, line 3, column 4 (TEXT)`
    public var subject: String {
        (file.map { "\($0), " } ?? "") + "line \(line)" + (column.map { ", column \($0)" } ?? "") + " (\(text))"
    }

    public var detail: String { reason.map { " (\($0))" } ?? "" }

    public var description: String { "\(subject) \(code.description(of: name ?? "…"))\(detail)" }

    public static func == (a: ScriptError, b: ScriptError) -> Bool {
        a.code == b.code && a.line == b.line && a.file == b.file
    }
    public func hash(into hasher: inout Hasher) {
        hasher.combine(code)
        hasher.combine(line)
    }
}
