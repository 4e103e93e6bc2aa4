/// A sequence of command APDUs with expected answers.
///
/// A script is a text that `scriptor` of pcsc-tools runs too: one command per line in hexadecimal, either without
/// blanks or with one blank between bytes; lines that begin with `#`; empty lines; `reset` for a warm reset; `exit` to
/// end. A line that ends in `\` continues on the next. The expected answer follows its command in a line that begins
/// with `#=` (see ``ExpectedResponse``), which is a comment to scriptor.
///
///     # Which card is this?
///     00 A4 04 00 07 F0 56 53 54 4F 52 45 00
///     #= 6F * 9000
///
/// Lines that begin with `#:` are directives, and comments to scriptor too; scriptor cannot run a command with a
/// variable, and passes over `#: bytes`. `#: set`, `#: expect` and `#=` follow the command whose answer they refer to.
///
///     #: include common.apdu            the lines of another file
///     #: set aid = F0 56 53 54          a constant; "text" in quotes is taken in UTF-8
///     #: secret pin                     a variable that is given from outside and never shown
///     00 A4 04 00 ${#aid} ${aid} 00     a variable, and how many bytes it has
///     #: set eid = tag 6F/A5/80         the value of a data object; also answer, answer[8+4], status
///     #: expect tag 6F/A5/81 = 01       what a data object is to hold; without = that it is there
///     #: expect no tag 6F/A5/90
///     #: expect length 20-64            how many bytes of data
///     #: bytes 00 A4 04 00 0A F0 56     bytes that are sent as they are, also where they are no command APDU
///     #: rows                           what follows is done for each row of a table, its columns being variables
///     #: end
public struct Script: Sendable, Hashable {
    /// One action.
    public enum Action: Sendable, Hashable {
        /// Send a command; nil where the answer as a whole is not checked.
        case send(ScriptCommand, expected: ExpectedResponse?)
        /// Reset the card.
        case reset
        /// Give a variable a value.
        case set(String, ScriptCommand)
        /// Repeat these steps for each row of the table.
        case rows([Step])
    }

    /// One action, and its source location.
    public struct Step: Sendable, Hashable {
        /// The included file that contains it; nil for the script itself.
        public let file: String?
        /// The line of its file, counted from 1.
        public let line: Int
        /// The last comment between the previous step and this one; nil where there is none.
        public let comment: String?
        /// The action.
        public internal(set) var action: Action
        /// The checks of the answer, in order.
        var checks: [AnswerCheck] = []
    }

    /// The steps, in order.
    public let steps: [Step]
    /// The variables that the caller must provide and that are never shown, in order of appearance.
    public let secrets: [String]

    /// Parses a script without includes.
    ///
    /// - Throws: `ScriptError`, with the line and the error, for anything that is not a valid script, and for anything
    ///   that scriptor would interpret differently.
    public init(_ text: String) throws(ScriptError) {
        try self.init(text) { (_) throws(ScriptError.NoInclude) in
            throw ScriptError.NoInclude("no files can be included here")
        }
    }

    /// Parses a script.
    ///
    /// - Parameters:
    ///   - text: the script.
    ///   - include: returns the text of an included file.
    /// - Throws: `ScriptError`, as above, and when `include` throws.
    public init(
        _ text: String, include: (String) throws(ScriptError.NoInclude) -> String
    ) throws(ScriptError) {
        var parser = ScriptParser()
        try Self.read(text, of: nil, within: [], into: &parser, include)
        (steps, secrets) = try parser.finish()
    }

    /// Maximum include depth, and maximum total number of lines.
    static let maxDepth = 16
    static let maxLineCount = 1_000_000

    private static func read(
        _ text: String, of file: String?, within files: [String], into parser: inout ScriptParser,
        _ include: (String) throws(ScriptError.NoInclude) -> String
    ) throws(ScriptError) {
        var number = 0
        reading: for line in text.lines {
            number += 1
            do throws(ScriptError) {
                switch try parser.parse(line, of: file, at: number) {
                case .next: continue
                case .end: break reading
                case .include(let name):
                    guard !files.contains(name), files.count < maxDepth else {
                        throw ScriptError(.includedTwice, line: number, text: line)
                    }
                    let included: String
                    do throws(ScriptError.NoInclude) {
                        included = try include(name)
                    } catch {
                        throw ScriptError(.noInclude, line: number, text: line, reason: error.reason)
                    }
                    try read(included, of: name, within: files + [name], into: &parser, include)
                }
            } catch {
                throw error.within(file)
            }
        }
        do throws(ScriptError) { try parser.endFile() } catch { throw error.within(file) }
    }
}
