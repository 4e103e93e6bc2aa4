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

        /// A character that is no hexadecimal digit.
        public static let notHexadecimal = Code(
            description: "is neither hexadecimal bytes, nor a comment, nor reset, nor exit",
            remedy: "Write two digits a byte; a comment stands on a line of its own that begins with #.")
        /// Two blanks between bytes, a blank at the front, or bytes of other than two digits.
        public static let spacing = Code(
            description: "is spaced so that scriptor would refuse it",
            remedy: "Write all bytes together, or each two digits with one blank between them and none in front.")
        /// `#` or `;` or `//` behind bytes.
        public static let trailingComment = Code(
            description: "has a comment behind its bytes, which scriptor would take for bytes",
            remedy: "Put the comment on a line of its own that begins with #.")
        /// A comment, or another text, with `exit` in it.
        public static let containsExit = Code(
            description: "has exit in it, at which scriptor ends the run, in a comment too",
            remedy: "Say it in another word.")
        /// The bytes are no command APDU.
        public static let notACommand = Code(
            description: "is no command APDU",
            remedy: "Write CLA INS P1 P2, then Lc and that many bytes where there are data, then Le where an answer "
                + "is expected.")
        /// `#=` with something else than digits, x and *.
        public static let badExpectation = Code(
            description: "expects something that is no answer",
            remedy: "Write #= and the status word, or the whole answer: hexadecimal digits, x for any digit, "
                + "* for any bytes before the status word.")
        /// `#=` with no command above it, or a second one.
        public static let misplacedExpectation = Code(
            description: "expects an answer where there is no command to give it",
            remedy: "Put one #= line below its command.")
        /// `\` on the last line.
        public static let unfinished = Code(
            description: "ends with \\ but nothing follows", remedy: "Take the \\ away, or write the rest below.")
    }

    /// What is wrong.
    public let code: Code
    /// The line, counted from 1.
    public let line: Int
    /// The line's text, shortened where it is long.
    public let text: String

    init(_ code: Code, line: Int, text: some StringProtocol) {
        self.code = code
        self.line = line
        self.text = text.count > 60 ? "\(text.prefix(60))…" : String(text)
    }

    public var description: String { "line \(line) (\(text)) \(code). \(code.remedy)" }
    public static func == (a: ScriptError, b: ScriptError) -> Bool { a.code == b.code && a.line == b.line }
    public func hash(into hasher: inout Hasher) {
        hasher.combine(code)
        hasher.combine(line)
    }
}
