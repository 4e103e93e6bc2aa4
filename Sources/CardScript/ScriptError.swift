import CardTrace

/// Why a text is no script of APDUs: which line, what is wrong with it, and what to write instead.
///
/// Two errors are equal when their codes and lines are.
public struct ScriptError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with the line.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// What is wrong, in words.
        public let description: String
        /// What to write instead.
        public let remedy: String
    }

    /// Why a file could not be included.
    public struct NoInclude: Error, Sendable {
        /// In words, with a remedy.
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
    /// The line's text, shortened where it is long or has a PIN or key in it.
    public let text: String

    init(_ code: Code, line: Int, column: Int? = nil, text: some StringProtocol) {
        self.code = code
        self.line = line
        self.column = column
        let text = SecretCommands.shown(text)
        self.text = text.count > 60 ? "\(text.prefix(60))…" : text
    }

    /// The same error, in an included file.
    func within(_ file: String?) -> ScriptError {
        var error = self
        error.file = self.file ?? file
        return error
    }

    public var description: String {
        let place = (file.map { "\($0), " } ?? "") + "line \(line)" + (column.map { ", column \($0)" } ?? "")
        return "\(place) (\(text)) \(code). \(code.remedy)"
    }
    public static func == (a: ScriptError, b: ScriptError) -> Bool {
        a.code == b.code && a.line == b.line && a.file == b.file
    }
    public func hash(into hasher: inout Hasher) {
        hasher.combine(code)
        hasher.combine(line)
    }
}
