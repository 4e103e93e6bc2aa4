public import ISO7816

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
public struct Script: Sendable, Hashable {
    /// One thing to do.
    public enum Action: Sendable, Hashable {
        /// Send a command; nil where nothing is expected of the answer.
        case send(CommandAPDU, expected: ExpectedResponse?)
        /// Reset the card.
        case reset
    }

    /// One thing to do, and where it stands.
    public struct Step: Sendable, Hashable {
        /// The line of the script, counted from 1.
        public let line: Int
        /// The last comment between the step before and this one; nil where there is none.
        public let comment: String?
        /// What to do.
        public internal(set) var action: Action
    }

    /// What to do, in order.
    public let steps: [Step]

    /// Reads a script.
    ///
    /// - Throws: `ScriptError`, which names the line and the remedy, for everything that is no script, and for
    ///   everything that scriptor would read otherwise than this does.
    public init(_ text: String) throws(ScriptError) {
        var parser = ScriptParser()
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            if try !parser.take(line, at: number) { break }
        }
        steps = try parser.finish()
    }
}
