import ISO7816

/// Bytes in hexadecimal as they stand in notes, scripts and source code:
///
///     00 A4 00 0C 02 3F 00        # SELECT
///     00:A4:00:0C  "00A4000C"  \x00\xA4\x00\x0C
///     0x00, 0xA4, 0x00, 0x0C
///     const uint8_t select[] = {
///         0x00, 0xA4, 0x04, 0x00,  // header
///         0x02, 0x3F, 0x00 };
///
/// `#`, `//` and `;` start comments, `/*` and `*/` enclose them; a `;` between bytes parts them (`00;A4;04;00`). `>`, `<`
/// and arrows before bytes are directions. A list that ends in a comma goes on in the next line.
struct HexadecimalText: Sendable {
    enum Direction: Sendable {
        case toCard
        case fromCard
    }

    enum Part: Sendable {
        /// An APDU, and the line that it begins in.
        case apdu([UInt8], Direction?, line: Int)
        /// A line that cannot be read; `isAPDU` where it begins with bytes.
        case odd(found: String, line: Int, isAPDU: Bool)
    }

    /// What a line without comments is, that has no array.
    enum Plain {
        case bytes([UInt8], goesOn: Bool)
        case nothing
        case odd
    }

    private var isInComment = false
    private var array: SourceArray?
    /// A list that goes on in the next line.
    private var list: (bytes: [UInt8], direction: Direction?, line: Int)?
    /// Whether the list is a literal, which goes on where the next line begins with a quote.
    private var isLiteral = false

    /// - Returns: what the line completes.
    mutating func parse(_ text: Substring, line: Int) -> [Part] {
        if isLiteral, let first = text.utf8.first(where: { $0 != 0x20 && $0 != 0x09 }), first != UInt8(ascii: "\"") {
            return finishList() + parse(text, line: line)
        }
        let code = withoutComments(text)
        if array != nil {
            guard Self.isAlone(code) else { return read(code[...], line) }
            // The array has no end: this line is none of its elements.
            let odd = array.flatMap { $0.isOdd ? nil : Part.odd(found: "", line: $0.line, isAPDU: true) }
            array = nil
            return (odd.map { [$0] } ?? []) + parse(text, line: line)
        }
        let trimmed = code.drop { $0 == 0x20 || $0 == 0x09 }
        let (direction, rest) = Self.direction(trimmed)
        if direction == nil, let begin = Self.beginOfArray(trimmed) {
            let before = finishList()
            array = SourceArray(line: line)
            return before + read(trimmed[begin...], line)
        }
        switch Self.plain(rest) {
        case .nothing:
            // A comment is no end of a list, an empty line is.
            return text.allSatisfy(\.isWhitespace) ? finishList() : []
        case .bytes(let bytes, let goesOn):
            let before = direction == nil ? [] : finishList()
            if list == nil { list = (bytes, direction, line) } else { list?.bytes += bytes }
            return goesOn || isLiteral ? before : before + finishList()
        case .odd:
            // A declaration whose braces follow.
            if trimmed.last == UInt8(ascii: "=") { return finishList() }
            if direction == nil, let bytes = StringLiteral.bytes(in: trimmed) {
                let before = finishList()
                (list, isLiteral) = ((bytes, nil, line), true)
                return before
            }
            let isAPDU = direction != nil || Self.beginsWithBytes(rest)
            return finishList() + [.odd(found: String(text), line: line, isAPDU: isAPDU)]
        }
    }

    /// What remains at the end.
    mutating func finish() -> [Part] {
        let odd = array.map { [Part.odd(found: "", line: $0.line, isAPDU: true)] } ?? []
        array = nil
        return finishList() + odd
    }

    private mutating func finishList() -> [Part] {
        defer { (list, isLiteral) = (nil, false) }
        return list.map { [.apdu($0.bytes, $0.direction, line: $0.line)] } ?? []
    }

    private mutating func read(_ code: ArraySlice<UInt8>, _ line: Int) -> [Part] {
        var (parts, rest): ([Part], ArraySlice<UInt8>) = ([], code)
        while array != nil {
            guard let end = array?.parse(rest, line: line, into: &parts) else { return parts }
            rest = rest[end...]
            array = nil
            if let begin = Self.beginOfArray(rest) {
                array = SourceArray(line: line)
                rest = rest[begin...]
            }
        }
        return parts
    }

    /// Whether a line is an APDU without anything that elements of an array have.
    private static func isAlone(_ code: [UInt8]) -> Bool {
        guard !code.contains(where: { ",\"'xX".utf8.contains($0) }), case .bytes(let bytes, _) = plain(code) else {
            return false
        }
        return bytes.count >= 4
    }

    // MARK: Parts of a line

    private mutating func withoutComments(_ text: Substring) -> [UInt8] {
        let units = [UInt8](text.utf8)
        var (code, offset): ([UInt8], Int) = ([], 0)
        // Marks before it are known to begin no comment.
        var codeEnd = 0
        while offset < units.count {
            let (unit, next) = (units[offset], offset + 1 < units.count ? units[offset + 1] : 0)
            if isInComment {
                isInComment = !(unit == UInt8(ascii: "*") && next == UInt8(ascii: "/"))
                offset += isInComment ? 1 : 2
            } else if unit == UInt8(ascii: "/"), next == UInt8(ascii: "*") {
                isInComment = true
                offset += 2
            } else if offset >= codeEnd, CommentMark.isMark(unit, next) {
                guard let end = CommentMark.endOfCode(after: code, units[offset...]) else { break }
                codeEnd = end
            } else {
                code.append(unit)
                offset += 1
            }
        }
        while let last = code.last, last == 0x20 || last == 0x09 { code.removeLast() }
        return code
    }

    /// `>`, `<`, `->`, `<<`, an arrow and the like before the bytes.
    private static func direction(_ code: ArraySlice<UInt8>) -> (Direction?, ArraySlice<UInt8>) {
        for (arrow, direction) in arrows where code.starts(with: arrow.utf8) {
            return (direction, code.dropFirst(arrow.utf8.count))
        }
        let marks = code.prefix { "<>-=".utf8.contains($0) }
        if marks.contains(UInt8(ascii: "<")) { return (.fromCard, code[marks.endIndex...]) }
        if marks.contains(UInt8(ascii: ">")) { return (.toCard, code[marks.endIndex...]) }
        return (nil, code)
    }

    private static let arrows: [(String, Direction)] = [
        ("→", .toCard), ("⇒", .toCard), ("»", .toCard), ("←", .fromCard), ("⇐", .fromCard), ("«", .fromCard),
    ]

    /// The direction that the begin of a line marks, and what follows the mark.
    static func marked(_ text: Substring) -> (direction: Direction, rest: Substring)? {
        // Most lines begin otherwise.
        guard let first = text.utf8.first, "<>-=".utf8.contains(first) || first >= 0x80 else { return nil }
        let (direction, rest) = direction(Array(text.utf8)[...])
        return direction.map { ($0, Substring(decoding: rest, as: UTF8.self)) }
    }

    /// The offset of a brace, or of a bracket at the begin or after `=`, `vec!`, `&` or `(`.
    private static func beginOfArray(_ code: ArraySlice<UInt8>) -> Int? {
        if let brace = code.firstIndex(of: UInt8(ascii: "{")) { return brace }
        var before: UInt8?
        for index in code.indices where code[index] != 0x20 && code[index] != 0x09 {
            if code[index] == UInt8(ascii: "["), before.map("=!&(".utf8.contains) ?? true { return index }
            before = code[index]
        }
        return nil
    }

    /// Whether a line has a string with `\x`.
    static func isLiteral(_ text: Substring) -> Bool {
        guard text.utf8.contains("\\x") else { return false }
        var reader = HexadecimalText()
        return (StringLiteral.bytes(in: reader.withoutComments(text)[...])?.count ?? 0) > 1
    }

    /// Whether a line has the begin of an array whose first element is marked by `0x`.
    static func beginsArray(_ text: Substring) -> Bool {
        guard text.utf8.contains("0x") || text.utf8.contains("0X") else { return false }
        var reader = HexadecimalText()
        let code = reader.withoutComments(text).drop { $0 == 0x20 || $0 == 0x09 }
        guard let begin = beginOfArray(code) else { return false }
        var rest = code[begin...].drop { "{[ \t".utf8.contains($0) }
        // A cast.
        if rest.first == UInt8(ascii: "("), let end = rest.firstIndex(of: UInt8(ascii: ")")) {
            rest = rest[(end + 1)...].drop { $0 == 0x20 }
        }
        return rest.starts(with: "0x".utf8) || rest.starts(with: "0X".utf8)
    }

    private static func beginsWithBytes(_ code: ArraySlice<UInt8>) -> Bool {
        var digits = 0
        for unit in code where !(unit == 0x20 || unit == 0x09 || unit == UInt8(ascii: ":") || unit == UInt8(ascii: ","))
        {
            if unit | 0x20 == UInt8(ascii: "x"), digits == 1 { continue }
            guard unit.hexadecimalValue != nil else { return false }
            digits += 1
            if digits == 4 { return true }
        }
        return false
    }

    /// A line, of which nothing is known.
    static func plain(_ text: Substring) -> Plain {
        var reader = HexadecimalText()
        return plain(reader.withoutComments(text))
    }

    private static func plain(_ code: some Collection<UInt8>) -> Plain {
        var reader = PlainBytes()
        var index = code.startIndex
        while index < code.endIndex {
            let after = code.index(after: index)
            let next = after < code.endIndex ? code[after] : 0
            switch reader.read(code[index], next) {
            case 1: index = after
            case 2: index = code.index(after: after)
            default: return .odd
            }
        }
        return reader.end()
    }
}
