import CardTrace
import ISO7816

/// Parses a script line by line, with the tests in scriptor's order.
struct ScriptParser {
    /// What comes after a line.
    enum Continuation: Equatable {
        case next
        /// The file has ended.
        case end
        /// The lines of this file.
        case include(String)
    }

    private(set) var steps: [Script.Step] = []
    var secrets: [String] = []
    /// The steps before rows, and where the rows start.
    var outer: (steps: [Script.Step], file: String?, line: Int)?
    private var comment: String?
    /// A command continued with `\`, and its first line.
    private var unfinished: (line: Int, bytes: [UInt8])?
    private var file: String?
    private var lineCount = 0

    /// Parses one line.
    mutating func parse(_ line: Substring, of file: String?, at number: Int) throws(ScriptError) -> Continuation {
        self.file = file
        lineCount += 1
        guard lineCount <= Script.maxLineCount else { throw ScriptError(.includedTwice, line: number, text: line) }
        let words = line.lowercased()
        let trimmed = words.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if trimmed == "exit" { return .end }
        guard !words.utf8.contains("exit") else { throw ScriptError(.containsExit, line: number, text: line) }
        if trimmed.isEmpty { return .next }
        if line.hasPrefix("#=") {
            try expect(line, at: number)
        } else if line.hasPrefix("#:") {
            return try direct(line, at: number)
        } else if line.hasPrefix("#") {
            let text = line.drop { $0 == "#" || $0 == " " }
            comment = text.isEmpty ? nil : String(text)
        } else if trimmed == "reset" {
            append(.reset, line: number)
        } else if line.utf8.contains(UInt8(ascii: "$")) {
            try template(line, at: number)
        } else {
            try command(line, at: number)
        }
        return .next
    }

    /// A command does not continue in another file.
    func refuseUnfinished() throws(ScriptError) {
        if let unfinished { throw ScriptError(.unfinished, line: unfinished.line, text: "…\\") }
    }

    /// Records the end of a file.
    func endFile() throws(ScriptError) {
        try refuseUnfinished()
        if let outer, outer.file == file { throw ScriptError(.misplacedRows, line: outer.line, text: "#: rows") }
    }

    /// The steps and the names of the secrets, after the last line.
    func finish() throws(ScriptError) -> ([Script.Step], [String]) {
        if let outer { throw ScriptError(.misplacedRows, line: outer.line, text: "#: rows").within(outer.file) }
        return (steps, secrets)
    }

    mutating func append(_ action: Script.Action, line: Int) {
        steps.append(Script.Step(file: file, line: line, comment: comment, action: action))
        comment = nil
    }

    mutating func beginRows(_ line: Substring, at number: Int) throws(ScriptError) {
        guard outer == nil else { throw ScriptError(.misplacedRows, line: number, text: line) }
        outer = (steps, file, number)
        steps = []
    }

    mutating func endRows(_ line: Substring, at number: Int) throws(ScriptError) {
        guard let begun = outer, begun.file == file else {
            throw ScriptError(.misplacedRows, line: number, text: line)
        }
        let body = steps
        steps = begun.steps
        outer = nil
        append(.rows(body), line: begun.line)
    }

    /// Adds a check of the answer to the last command.
    mutating func append(_ check: AnswerCheck.Kind, _ line: Substring, at number: Int) throws(ScriptError) {
        guard let last = steps.last, case .send = last.action, unfinished == nil else {
            throw ScriptError(.misplacedCheck, line: number, text: line)
        }
        let text = line.dropFirst(2).drop(while: \.isWhitespace)
        steps[steps.count - 1].checks.append(AnswerCheck(line: number, kind: check, text: String(text)))
    }

    private mutating func expect(_ line: Substring, at number: Int) throws(ScriptError) {
        guard let last = steps.last, case .send(let command, expected: nil) = last.action, unfinished == nil else {
            throw ScriptError(.misplacedExpectation, line: number, text: line)
        }
        let text = line.dropFirst(2)
        do throws(ScriptScanner.Failure) {
            let expected = try ExpectedResponse(scanning: text, column: 3)
            steps[steps.count - 1].action = .send(command, expected: expected)
        } catch {
            let isVariable = error.code == .badVariable || error.code == .badWildcard
            throw ScriptError(
                isVariable ? error.code : .badExpectation, line: number, column: 3 + error.offset, text: line)
        }
    }

    private mutating func template(_ line: Substring, at number: Int) throws(ScriptError) {
        guard line.last != "\\", unfinished == nil else {
            throw ScriptError(.continuedVariable, line: number, text: line)
        }
        let command = try Self.template(line, column: 1, of: line, at: number)
        append(.send(command, expected: nil), line: number)
    }

    /// Bytes and variables, without wildcards.
    static func template(
        _ text: Substring, column: Int, of line: Substring, at number: Int
    ) throws(ScriptError) -> ScriptCommand {
        do throws(ScriptScanner.Failure) {
            var scanner = ScriptScanner(text, column: column)
            let elements = try scanner.elements()
            for element in elements {
                switch element {
                case .byte(_, 0xFF), .variable: continue
                case .byte, .any: throw ScriptScanner.Failure(code: .unexpectedCharacter, offset: 0)
                }
            }
            return ScriptCommand(
                elements, description: text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
        } catch {
            throw ScriptError(error.code, line: number, column: column + error.offset, text: line)
        }
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
            append(.send(ScriptCommand(try CommandAPDU(bytes)), expected: nil), line: first)
        } catch {
            throw ScriptError(.notACommand, line: first, text: line)
        }
    }

    private static func bytes(
        _ digits: Substring, whole line: Substring, at number: Int
    ) throws(ScriptError) -> [UInt8] {
        let isApart = line.utf8.contains(UInt8(ascii: " "))
        let text = digits.reversed().drop { $0 == " " }.reversed()
        if let strange = text.firstIndex(where: { !($0 == " " || $0.isASCII && $0.isHexDigit) }) {
            let isComment = text.contains { $0 == "#" || $0 == ";" || $0 == "/" }
            throw ScriptError(
                isComment && line.first?.isHexDigit == true ? .trailingComment : .notHexadecimal, line: number,
                column: text.distance(from: text.startIndex, to: strange) + 1, text: line)
        }
        var bytes: [UInt8] = []
        let tokens =
            isApart
            ? String(text).split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            : [String(text)]
        var column = 1
        for token in tokens {
            guard let some = [UInt8](hexadecimal: token), !isApart || some.count == 1 else {
                throw ScriptError(.spacing, line: number, column: column, text: line)
            }
            bytes += some
            column += token.count + 1
        }
        return bytes
    }
}
