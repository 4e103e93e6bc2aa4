import ISO7816

/// Reads a script line by line, in the order of scriptor's own tests.
struct ScriptParser {
    private var steps: [Script.Step] = []
    private var comment: String?
    /// A command whose lines so far end in `\`, and the line on which it began.
    private var unfinished: (line: Int, bytes: [UInt8])?

    /// Reads one line.
    ///
    /// - Returns: whether the script goes on.
    mutating func take(_ line: Substring, at number: Int) throws(ScriptError) -> Bool {
        let words = line.lowercased()
        let trimmed = words.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if trimmed == "exit" { return false }
        guard !words.contains("exit") else { throw ScriptError(.containsExit, line: number, text: line) }
        if trimmed.isEmpty { return true }
        if line.hasPrefix("#=") {
            try expect(line, at: number)
        } else if line.hasPrefix("#") {
            let text = line.drop { $0 == "#" || $0 == " " }
            comment = text.isEmpty ? nil : String(text)
        } else if trimmed == "reset" {
            append(.reset, line: number)
        } else {
            try command(line, at: number)
        }
        return true
    }

    /// The steps, after the last line.
    func finish() throws(ScriptError) -> [Script.Step] {
        if let unfinished { throw ScriptError(.unfinished, line: unfinished.line, text: "…\\") }
        return steps
    }

    private mutating func append(_ action: Script.Action, line: Int) {
        steps.append(Script.Step(line: line, comment: comment, action: action))
        comment = nil
    }

    private mutating func expect(_ line: Substring, at number: Int) throws(ScriptError) {
        guard let last = steps.last, case .send(let command, expected: nil) = last.action, unfinished == nil else {
            throw ScriptError(.misplacedExpectation, line: number, text: line)
        }
        guard let expected = ExpectedResponse(line.dropFirst(2)) else {
            throw ScriptError(.badExpectation, line: number, text: line)
        }
        steps[steps.count - 1].action = .send(command, expected: expected)
    }

    private mutating func command(_ line: Substring, at number: Int) throws(ScriptError) {
        let goesOn = line.last == "\\"
        let bytes =
            (unfinished?.bytes ?? []) + (try Self.bytes(goesOn ? line.dropLast() : line, whole: line, at: number))
        let first = unfinished?.line ?? number
        if goesOn {
            unfinished = (first, bytes)
            return
        }
        unfinished = nil
        do {
            append(.send(try CommandAPDU(bytes), expected: nil), line: first)
        } catch {
            throw ScriptError(.notACommand, line: first, text: line)
        }
    }

    private static func bytes(
        _ digits: Substring, whole line: Substring, at number: Int
    ) throws(ScriptError) -> [UInt8] {
        let isApart = line.contains(" ")
        let text = digits.reversed().drop { $0 == " " }.reversed()
        if text.contains(where: { !($0 == " " || $0.isASCII && $0.isHexDigit) }) {
            let isComment = text.contains { $0 == "#" || $0 == ";" || $0 == "/" }
            throw ScriptError(
                isComment && line.first?.isHexDigit == true ? .trailingComment : .notHexadecimal, line: number,
                text: line)
        }
        var bytes: [UInt8] = []
        let tokens =
            isApart
            ? String(text).split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            : [String(text)]
        for token in tokens {
            guard let some = [UInt8](hexadecimal: token), !isApart || some.count == 1 else {
                throw ScriptError(.spacing, line: number, text: line)
            }
            bytes += some
        }
        return bytes
    }
}
