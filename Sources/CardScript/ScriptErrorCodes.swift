extension ScriptError.Code {
    /// A character that is no hexadecimal digit.
    public static let notHexadecimal = Self(
        description: "is neither hexadecimal bytes, nor a comment, nor reset, nor exit",
        remedy: "Write two digits a byte; a comment stands on a line of its own that begins with #.")
    /// Two blanks between bytes, a blank at the front, or bytes of other than two digits.
    public static let spacing = Self(
        description: "is spaced so that scriptor would refuse it",
        remedy: "Write all bytes together, or each two digits with one blank between them and none in front.")
    /// `#` or `;` or `//` behind bytes.
    public static let trailingComment = Self(
        description: "has a comment behind its bytes, which scriptor would take for bytes",
        remedy: "Put the comment on a line of its own that begins with #.")
    /// A comment, or another text, with `exit` in it.
    public static let containsExit = Self(
        description: "has exit in it, at which scriptor ends the run, in a comment too",
        remedy: "Say it in another word.")
    /// The bytes are no command APDU.
    public static let notACommand = Self(
        description: "is no command APDU",
        remedy: "Write CLA INS P1 P2, then Lc and that many bytes where there are data, then Le where an answer "
            + "is expected.")
    /// `#=` with something else than digits, wildcards and variables, and a status word at the end.
    public static let badExpectation = Self(
        description: "expects something that is no answer",
        remedy: "Write #= and the status word, or the whole answer: hexadecimal digits, x for any digit, "
            + "* for any bytes, *{4} for four of them, ${name} for a variable, and the status word last.")
    /// `#=` with no command above it, or a second one.
    public static let misplacedExpectation = Self(
        description: "expects an answer where there is no command to give it",
        remedy: "Put one #= line below its command.")
    /// `\` on the last line.
    public static let unfinished = Self(
        description: "ends with \\ but nothing follows", remedy: "Take the \\ away, or write the rest below.")
    /// One digit where a byte takes two.
    public static let halfByte = Self(
        description: "has a byte of one digit", remedy: "Write two digits a byte, 0A and not A.")
    /// Something that is neither a digit nor a wildcard nor a variable.
    public static let strangeCharacter = Self(
        description: "has a character that means nothing there",
        remedy: "Write hexadecimal digits and ${name}; x and * in what is expected alone.")
    /// `*{…}` that is not understood.
    public static let badWildcard = Self(
        description: "has a wildcard that is not understood",
        remedy: "Write * for any bytes, *{8} for eight, or *{1-16} for one to sixteen; 65536 at most.")
    /// `${…}` that is not understood.
    public static let badVariable = Self(
        description: "has a variable that is not understood",
        remedy: "Write ${name}, ${#name} for its count of bytes, or ${name.text} for its characters; a name is of "
            + "letters, digits and _.")
    /// A variable in a command whose lines go on with `\`.
    public static let continuedVariable = Self(
        description: "has a variable in a command that goes on below",
        remedy: "Write the whole command on one line.")
    /// `#:` with something that is not known.
    public static let unknownDirective = Self(
        description: "is no directive",
        remedy: "Write #: and include, set, secret, expect, rows or end; a comment begins with # and no colon.")
    /// `#: set` that is not understood.
    public static let badSet = Self(
        description: "sets nothing",
        remedy: "Write #: set name = and answer, answer[8+4], status, tag 6F/84, hexadecimal digits, or \"text\".")
    /// `#: secret` without a name.
    public static let badSecret = Self(
        description: "names no secret", remedy: "Write #: secret name, one on a line.")
    /// `#: expect` that is not understood.
    public static let badCheck = Self(
        description: "expects something that is not understood",
        remedy: "Write #: expect tag 6F/84 = bytes, #: expect tag 6F/84, #: expect no tag 6F/84, "
            + "or #: expect length 8-16.")
    /// `#: set` from an answer, or `#: expect`, without a command above it.
    public static let misplacedCheck = Self(
        description: "looks at an answer where there is no command to give it", remedy: "Put it below its command.")
    /// `#: rows` within rows, `#: end` without them, or rows that do not end.
    public static let misplacedRows = Self(
        description: "begins or ends rows where that cannot be",
        remedy: "Give each #: rows its #: end in the same file, and none within another.")
    /// An include in a circle, or too deep, or too many lines in all.
    public static let includedTwice = Self(
        description: "includes a file that is being read already, or goes too deep",
        remedy: "Let no file include itself, go at most 16 files deep, and read at most 1,000,000 lines.")

    /// A file that cannot be included.
    public static func noInclude(_ reason: String) -> Self {
        Self(description: "includes what cannot be read", remedy: reason)
    }
    /// A variable that is used before it has a value.
    public static func unknownVariable(_ name: String) -> Self {
        Self(
            description: "uses ${\(name)}, which has no value",
            remedy: "Set it above with #: set, name it with #: secret, give it with --define, or as a column of --csv.")
    }
    /// Characters that are no hexadecimal digits.
    public static func notDigits(_ name: String) -> Self {
        Self(
            description: "uses ${\(name)}, which is no hexadecimal digits",
            remedy: "Give it two digits a byte, or write ${\(name).text} for its characters.")
    }
    /// Variables that add up to more bytes than the longest command or answer has.
    public static let tooLong = Self(
        description: "has more bytes than the longest command or answer",
        remedy: "Put no more than 65,544 bytes together; let no variable be made of itself again and again.")
    /// A count that does not fit one byte.
    public static func countTooGreat(_ name: String) -> Self {
        Self(
            description: "uses ${#\(name)}, whose count is above 255", remedy: "Write an extended length by hand.")
    }
}
