/// Command APDUs to be sent one after the other, with what is expected of their answers.
///
/// A script is a text that `scriptor` of pcsc-tools runs too: one command a line in hexadecimal digits, either all
/// together or each byte apart from the next by one blank; lines that begin with `#`; empty lines; `reset` for a warm
/// reset; `exit` to end. A line that ends in `\` goes on below. What is expected stands below its command in a line
/// that begins with `#=` (see ``ExpectedResponse``), which to scriptor is a comment.
///
///     # Which card is this?
///     00 A4 04 00 07 F0 56 53 54 4F 52 45 00
///     #= 6F * 9000
///
/// Lines that begin with `#:` do more, and are comments to scriptor too; a command with a variable in it is beyond
/// scriptor. `#: set`, `#: expect` and `#=` stand below the command whose answer they look at.
///
///     #: include common.apdu            the lines of another file
///     #: set aid = F0 56 53 54          a constant; "text" in quotes is taken in UTF-8
///     #: secret pin                     a variable that is given from outside and never shown
///     00 A4 04 00 ${#aid} ${aid} 00     a variable, and how many bytes it has
///     #: set eid = tag 6F/A5/80         the value of a data object; also answer, answer[8+4], status
///     #: expect tag 6F/A5/81 = 01       what a data object is to hold; without = that it is there
///     #: expect no tag 6F/A5/90
///     #: expect length 20-64            how many bytes of data
///     #: rows                           what follows is done for each row of a table, its columns being variables
///     #: end
public struct Script: Sendable, Hashable {
    /// One thing to do.
    public enum Action: Sendable, Hashable {
        /// Send a command; nil where nothing is expected of the answer as a whole.
        case send(ScriptCommand, expected: ExpectedResponse?)
        /// Reset the card.
        case reset
        /// Give a variable a value.
        case set(String, ScriptCommand)
        /// Do this for each row of the table.
        case rows([Step])
    }

    /// One thing to do, and where it stands.
    public struct Step: Sendable, Hashable {
        /// The included file it stands in; nil for the script itself.
        public let file: String?
        /// The line of its file, counted from 1.
        public let line: Int
        /// The last comment between the step before and this one; nil where there is none.
        public let comment: String?
        /// What to do.
        public internal(set) var action: Action
        /// What to look at in the answer, in order.
        var checks: [AnswerCheck] = []
    }

    /// What to do, in order.
    public let steps: [Step]
    /// The variables that have to be given from outside and are never shown, in the order in which they are named.
    public let secrets: [String]

    /// Reads a script that includes no other.
    ///
    /// - Throws: `ScriptError`, which names the line and what is wrong, for everything that is not a script, and for
    ///   everything that scriptor would read otherwise than this does.
    public init(_ text: String) throws(ScriptError) {
        try self.init(text) { (_) throws(ScriptError.NoInclude) in
            throw ScriptError.NoInclude("no files can be included here")
        }
    }

    /// Reads a script.
    ///
    /// - Parameters:
    ///   - text: the script.
    ///   - include: gives the text of a file that the script names.
    /// - Throws: `ScriptError`, as above, and where `include` throws.
    public init(
        _ text: String, include: (String) throws(ScriptError.NoInclude) -> String
    ) throws(ScriptError) {
        var parser = ScriptParser()
        try Self.read(text, of: nil, within: [], into: &parser, include)
        (steps, secrets) = try parser.finish()
    }

    /// How deep includes may go, and how many lines there may be in all.
    static let greatestDepth = 16
    static let greatestLineCount = 1_000_000

    private static func read(
        _ text: String, of file: String?, within files: [String], into parser: inout ScriptParser,
        _ include: (String) throws(ScriptError.NoInclude) -> String
    ) throws(ScriptError) {
        var number = 0
        reading: for line in text.lines {
            number += 1
            do throws(ScriptError) {
                switch try parser.take(line, of: file, at: number) {
                case .next: continue
                case .end: break reading
                case .include(let name):
                    guard !files.contains(name), files.count < greatestDepth else {
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
