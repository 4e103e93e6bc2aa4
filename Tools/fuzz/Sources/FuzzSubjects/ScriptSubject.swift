import CardIO
import ISO7816

/// Scripts: what is read is the same when it is written plainly and read again; an error names a line that is there.
enum ScriptSubject {
    static func check(_ bytes: [UInt8]) throws(BrokenProperty) {
        let text = String(decoding: bytes, as: UTF8.self)
        switch Result(catching: { () throws(ScriptError) in try Script(text) }) {
        case .failure(let error):
            let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count
            try hold((1...lines).contains(error.line), "an error is on a line that is there")
            try hold(error.description.contains(error.code.remedy), "an error says what to do")
        case .success(let script): try rewrite(script)
        }
        if let expected = ExpectedResponse(text) { try match(expected) }
    }

    private static func rewrite(_ script: Script) throws(BrokenProperty) {
        var text = ""
        for step in script.steps {
            if case .send(let command, let expected) = step.action {
                text += command.bytes.map(digits).joined(separator: " ") + "\n"
                if let expected { text += "#= \(expected)\n" }
            } else if case .reset = step.action {
                text += "reset\n"
            }
        }
        let again = Result { () throws(ScriptError) in try Script(text) }
        guard case .success(let read) = again else {
            throw BrokenProperty(description: "what was read can be written and read again: \(again)")
        }
        try hold(read.steps.map(\.action) == script.steps.map(\.action), "the same is done again")
    }

    /// What is expected stays the same in its own words, and is met by an answer made to measure.
    private static func match(_ expected: ExpectedResponse) throws(BrokenProperty) {
        let words = expected.description
        guard let again = ExpectedResponse(words) else {
            throw BrokenProperty(description: "what is expected can be read in its own words")
        }
        try hold(again == expected, "what is expected is the same in its own words")
        let answer = words.replacing("*", with: "").filter { !$0.isWhitespace }
            .map { $0 == "x" || $0 == "X" ? "0" : $0 }
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
