import ISO7816

/// Where a replay deviates from its trace: the recorded and the received command, and the bytes that differ.
///
///     command 3 is not as recorded:
///     expected  00 CA 01 00 00
///     came      00 CA 01 01 00
///                        ^^
public struct ReplayDivergence: Sendable, Equatable, CustomStringConvertible {
    /// The number of the command, counted from 1.
    public let number: Int
    /// The recorded command; nil at the end of the trace.
    public let expected: MaskedBytes?
    /// The received command, PINs and keys masked.
    public let command: MaskedBytes
    /// Whether the command is as recorded but its recorded answer is masked, and therefore unknown.
    public let answerIsMasked: Bool

    init(number: Int, expected: MaskedBytes?, command: [UInt8], answerIsMasked: Bool = false) {
        self.number = number
        self.expected = expected
        self.answerIsMasked = answerIsMasked
        self.command = MaskedBytes(masking: command)
    }

    public var description: String {
        guard let expected else {
            return "command \(number) came after the trace's end:\ncame      \(command.hexadecimal(separator: " "))"
        }
        if answerIsMasked {
            return "command \(number) is as recorded, but its answer is masked in the trace and not known:\n"
                + "came      \(command.hexadecimal(separator: " "))"
        }
        let lines = AlignedBytes(expected, command)
        return
            (["command \(number) is not as recorded:", "expected  \(lines.first)", "came      \(lines.second)"]
            + (lines.marks.isEmpty ? [] : ["          \(lines.marks)"])).joined(separator: "\n")
    }
}

/// Two aligned rows of bytes, with marks below those that differ.
public struct AlignedBytes: Sendable, Hashable {
    /// The first row in hexadecimal.
    public let first: String
    /// The second row.
    public let second: String
    /// `^^` below each byte that differs, or that only one row has; empty where none does. Masked bytes equal any byte.
    public let marks: String

    public init(_ first: MaskedBytes, _ second: MaskedBytes) {
        self.first = first.hexadecimal(separator: " ")
        self.second = second.hexadecimal(separator: " ")
        var marks = ""
        for range in 0..<max(first.count, second.count) {
            let range = range..<(range + 1)
            let isMasked = first.hasMasked(in: range) || second.hasMasked(in: range)
            let isInBoth = range.upperBound <= min(first.count, second.count)
            let differs = !isInBoth || !isMasked && first.bytes[range.lowerBound] != second.bytes[range.lowerBound]
            marks += differs ? "^^ " : "   "
        }
        while marks.last == " " { marks.removeLast() }
        self.marks = marks
    }
}

extension MaskedBytes {
    /// A command with its PIN and key bytes masked.
    package init(masking command: [UInt8]) {
        self.init(command)
        for secret in SecretCommands.secretRanges(of: command) { mask(secret) }
    }
}
