/// The lines that begin with `#:`.
extension ScriptParser {
    mutating func direct(_ line: Substring, at number: Int) throws(ScriptError) -> Continuation {
        let words = line.dropFirst(2).split(whereSeparator: \.isWhitespace)
        let rest = words.first.map { line[$0.endIndex...].drop(while: \.isWhitespace) } ?? ""
        switch words.first {
        case "include":
            guard words.count >= 2 else { throw ScriptError(.unknownDirective, line: number, text: line) }
            try refuseUnfinished()
            return .include(String(rest).trimmingBlanks)
        case "secret":
            guard words.count == 2, ScriptScanner.isName(words[1]) else {
                throw ScriptError(.badSecret, line: number, text: line)
            }
            let name = String(words[1])
            if !secrets.contains(name) { secrets.append(name) }
        case "rows" where words.count == 1: try beginRows(line, at: number)
        case "end" where words.count == 1: try endRows(line, at: number)
        case "bytes": try appendBytes(rest, of: line, at: number)
        case "set": try set(rest, of: line, at: number)
        case "expect": try check(rest, words.dropFirst(), of: line, at: number)
        default: throw ScriptError(.unknownDirective, line: number, column: 3, text: line)
        }
        return .next
    }

    /// Adds bytes that are sent as they are.
    private mutating func appendBytes(_ rest: Substring, of line: Substring, at number: Int) throws(ScriptError) {
        try refuseUnfinished()
        guard !rest.isEmpty else { throw ScriptError(.noBytes, line: number, text: line) }
        let template = try Self.template(rest, column: Self.column(of: rest, in: line), of: line, at: number)
        append(
            .send(
                ScriptCommand(template.elements, description: template.description, isVerbatim: true), expected: nil),
            line: number)
    }

    private mutating func set(_ rest: Substring, of line: Substring, at number: Int) throws(ScriptError) {
        guard let (name, value) = Self.equation(rest), ScriptScanner.isName(name), !value.isEmpty else {
            throw ScriptError(.badSet, line: number, text: line)
        }
        if let source = Self.source(value) { return try append(.set(String(name), source), line, at: number) }
        if value.count >= 2, value.first == "\"", value.last == "\"" {
            let bytes = Array(String(value.dropFirst().dropLast()).utf8)
            let text = ScriptCommand(bytes.map { .byte(value: $0, mask: 0xFF) }, description: String(value))
            return append(.set(String(name), text), line: number)
        }
        if ["answer", "tag", "status"].contains(where: value.hasPrefix) {
            throw ScriptError(.badSet, line: number, column: Self.column(of: value, in: line), text: line)
        }
        let template = try Self.template(value, column: Self.column(of: value, in: line), of: line, at: number)
        append(.set(String(name), template), line: number)
    }

    private mutating func check(
        _ rest: Substring, _ words: ArraySlice<Substring>, of line: Substring, at number: Int
    ) throws(ScriptError) {
        let wrong = ScriptError(.badCheck, line: number, column: Self.column(of: rest, in: line), text: line)
        switch (words.first, words.dropFirst().first) {
        case ("length", let counts?) where words.count == 2:
            let bounds = counts.split(separator: "-", omittingEmptySubsequences: false)
            guard (1...2).contains(bounds.count), let least = Int(bounds[0]), let most = Int(bounds[bounds.count - 1]),
                least >= 0, least <= most
            else { throw wrong }
            try append(.length(least...most), line, at: number)
        case ("no", "tag") where words.count == 3:
            guard let path = words.last.flatMap({ AnswerCheck.path($0) }) else { throw wrong }
            try append(.noTag(path), line, at: number)
        case ("tag", let name?):
            guard let path = AnswerCheck.path(name) else { throw wrong }
            if words.count == 2 { return try append(.tag(path, nil), line, at: number) }
            guard let (_, pattern) = Self.equation(rest), !pattern.isEmpty, words.dropFirst(2).first == "=" else {
                throw wrong
            }
            let elements: [ScriptElement]
            do throws(ScriptScanner.Failure) {
                var scanner = ScriptScanner(pattern, column: Self.column(of: pattern, in: line))
                elements = try scanner.elements()
            } catch {
                throw ScriptError(
                    error.code, line: number, column: Self.column(of: pattern, in: line) + error.offset, text: line)
            }
            try append(.tag(path, BytesPattern(elements)), line, at: number)
        default: throw wrong
        }
    }

    /// The text on both sides of the first `=`.
    static func equation(_ text: Substring) -> (Substring, Substring)? {
        guard let sign = text.firstIndex(of: "=") else { return nil }
        let name = text[..<sign].split(whereSeparator: \.isWhitespace)
        guard let first = name.first else { return nil }
        var value = text[text.index(after: sign)...].drop(while: \.isWhitespace)
        while value.last?.isWhitespace == true { value.removeLast() }
        return (name.count == 1 ? first : text[..<sign], value)
    }

    /// `answer`, `answer[8+4]`, `answer[8+]`, `status` or `tag 6F/84`; nil for anything else.
    static func source(_ text: Substring) -> AnswerCheck.Source? {
        let words = text.split(whereSeparator: \.isWhitespace)
        if words.count == 2, words[0] == "tag" { return AnswerCheck.path(words[1]).map { .tag($0) } }
        guard words.count == 1 else { return nil }
        if text == "status" { return .status }
        if text == "answer" { return .data(from: 0, count: nil) }
        guard text.hasPrefix("answer["), text.hasSuffix("]") else { return nil }
        let bounds = text.dropFirst(7).dropLast().split(separator: "+", omittingEmptySubsequences: false)
        guard bounds.count == 2, let from = Int(bounds[0]), (0...65_536).contains(from) else { return nil }
        if bounds[1].isEmpty { return .data(from: from, count: nil) }
        guard let count = Int(bounds[1]), (0...65_536).contains(count) else { return nil }
        return .data(from: from, count: count)
    }

    private static func column(of part: Substring, in line: Substring) -> Int {
        line.distance(from: line.startIndex, to: part.startIndex) + 1
    }
}

extension String {
    /// Without trailing blanks.
    fileprivate var trimmingBlanks: String {
        var text = self
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
