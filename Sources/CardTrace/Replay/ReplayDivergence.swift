import ISO7816

/// Where a replay leaves its trace: what was recorded, what came, and the bytes in which they differ.
///
///     command 3 is not as recorded:
///     expected  00 CA 01 00 00
///     came      00 CA 01 01 00
///                        ^^
public struct ReplayDivergence: Sendable, Equatable, CustomStringConvertible {
    /// Which command it is, counted from 1.
    public let number: Int
    /// The command that was recorded; nil where the trace was at its end.
    public let expected: MaskedBytes?
    /// The command that came, PINs and keys masked.
    public let command: MaskedBytes
    /// Whether the command is as recorded and its answer is masked, so that nobody knows it.
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

/// Two rows of bytes below each other, with marks below those that differ.
public struct AlignedBytes: Sendable, Hashable {
    /// The first row in hexadecimal digits.
    public let first: String
    /// The second row.
    public let second: String
    /// `^^` below each byte that differs, or that only one row has; empty where none does. Masked bytes differ from
    /// nothing.
    public let marks: String

    public init(_ first: MaskedBytes, _ second: MaskedBytes) {
        self.first = first.hexadecimal(separator: " ")
        self.second = second.hexadecimal(separator: " ")
        var marks = ""
        for place in 0..<max(first.count, second.count) {
            let place = place..<(place + 1)
            let isMasked = first.hasMasked(in: place) || second.hasMasked(in: place)
            let isInBoth = place.upperBound <= min(first.count, second.count)
            let differs = !isInBoth || !isMasked && first.bytes[place.lowerBound] != second.bytes[place.lowerBound]
            marks += differs ? "^^ " : "   "
        }
        while marks.last == " " { marks.removeLast() }
        self.marks = marks
    }
}

extension MaskedBytes {
    /// A command whose PIN and key bytes are masked.
    package init(masking command: [UInt8]) {
        self.init(command)
        if let secret = SecretCommands.secretBytes(of: command) { mask(secret) }
    }
}
