import CardScript
import CardTrace
import ISO7816

/// Scripts: what is parsed is the same after it is written in plain form and parsed again, an error names an existing
/// line, any script can be run, and its secret is never shown.
enum ScriptSubject {
    static func check(_ bytes: [UInt8]) throws(BrokenProperty) {
        // The bytes after a 00 are the file that an include names.
        let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        let text = String(decoding: parts[0], as: UTF8.self)
        let included = parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : "reset"
        let read = Result { () throws(ScriptError) in
            try Script(text) { (_) throws(ScriptError.NoInclude) in included }
        }
        switch read {
        case .failure(let error):
            try hold(
                (1...lineCount(error.file == nil ? text : included)).contains(error.line),
                "an error is on a line that is there")
            try hold(!error.description.contains("${…}") || error.name == nil, "an error names the variable concerned")
        case .success(let script):
            try rewrite(script)
            try run(script)
        }
        if let expected = ExpectedResponse(text) { try match(expected) }
    }

    /// Fast for scripts whose only line end is LF; others are counted by characters.
    private static func lineCount(_ text: String) -> Int {
        let units = text.utf8.span
        var count = 1
        for index in units.indices {
            switch units[index] {
            case 0x0A: count += 1
            case 0x0B...0x0D, 0xC2, 0xE2:
                return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count
            default: continue
            }
        }
        return count
    }

    /// A script of commands only, written in plain form, is the same script.
    private static func rewrite(_ script: Script) throws(BrokenProperty) {
        var text = ""
        for step in script.steps {
            switch step.action {
            case .send(let command, let expected):
                text += command.line
                if let expected { text += "\n#= \(expected)" }
            case .reset: text += "reset"
            case .set, .rows: return
            }
            text += "\n"
        }
        let again = Result { () throws(ScriptError) in try Script(text) }
        guard case .success(let read) = again else {
            throw BrokenProperty(description: "what was read can be written and read again: \(again)")
        }
        try hold(read.steps.map(\.action) == script.steps.map(\.action), "the same is done again")
    }

    /// The secret, a PIN of eight bytes that no input contains by chance.
    private static let pin: [UInt8] = [0xD9, 0x4B, 0x5C, 0xE7, 0x31, 0x9A, 0xF6, 0x82]

    private static func run(_ script: Script) throws(BrokenProperty) {
        var variables = ScriptVariables()
        for name in script.secrets { variables.setSecret(name, .bytes(pin)) }
        variables["a"] = .text("01 02")
        var shown = ""
        let results = script.run(
            on: EchoingCard(), variables: variables, rows: [["a": "01", "b": "text"], ["a": "0A0B0C"]],
            onMismatch: .proceed, reset: {})
        for result in results.prefix(16) {
            shown += "\(result.name) \(result.sent?.hexadecimal() ?? "") \(result.answer?.hexadecimal() ?? "")"
            shown += result.differences.map { $0.expected + $0.found }.joined()
        }
        shown += ScriptJUnit(name: "fuzz", results: results.prefix(16).map { ($0, .zero) }).xml
        try hold(!shown.contains(pin.map(digits).joined()), "a secret is never shown")
        try hold(!shown.contains(pin.map(digits).joined(separator: " ")), "a secret is never shown")
    }

    /// An expectation is the same after it is written and parsed again, and an answer made for it matches.
    private static func match(_ expected: ExpectedResponse) throws(BrokenProperty) {
        let words = expected.description
        guard let again = ExpectedResponse(words), again.description == words else {
            throw BrokenProperty(description: "what is expected can be read in its own words")
        }
        guard !words.contains(where: { "${".contains($0) }) else { return }
        try hold(again == expected, "what is expected is the same in its own words")
        let answer = words.filter { !$0.isWhitespace && $0 != "*" }.map { $0 == "x" || $0 == "X" ? "0" : $0 }
        let bytes = stride(from: 0, to: answer.count, by: 2).compactMap {
            UInt8(String(answer[$0..<min($0 + 2, answer.count)]), radix: 16)
        }
        guard case .success(let response) = Result(catching: { () throws(APDUError) in try ResponseAPDU(bytes) }) else {
            return
        }
        try hold(expected.matches(response), "an answer made to measure is the expected one")
    }

    private static func digits(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
}

/// A card that answers a command with its data in a data object 70, or with one 84.
private struct EchoingCard: CardChannel {
    func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        let tag: TLVTag = command.data.isEmpty ? 0x84 : 0x80
        return ResponseAPDU(
            data: TLV(0x70, children: [TLV(tag, command.data.isEmpty ? [1, 2, 3] : command.data)]).bytes,
            status: .success)
    }
}
