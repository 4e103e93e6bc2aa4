/// A part of a line of a script: a byte, a wildcard, or a variable.
enum ScriptElement: Sendable, Hashable {
    /// A byte, of which the bits not in `mask` are free.
    case byte(value: UInt8, mask: UInt8)
    /// So many bytes, whatever they are.
    case any(ClosedRange<Int>)
    /// What a variable holds.
    case variable(ScriptReference)
}

/// A variable where it is used: `${name}`, `${name.text}`, `${#name}`.
struct ScriptReference: Sendable, Hashable {
    let name: String
    /// Whether the characters themselves are the bytes, in UTF-8, and not hexadecimal digits.
    let isText: Bool
    /// Whether one byte is meant that says how many the value has.
    let isCount: Bool
    /// Where it stands in its line, from 1.
    let column: Int
}

/// Cuts the text of a line into elements.
struct ScriptScanner {
    /// What is wrong, and where from the first character scanned.
    struct Failure: Error {
        let code: ScriptError.Code
        let offset: Int
        /// The variable concerned, where one is.
        var name: String? = nil
    }

    /// The most bytes that a counted wildcard may stand for: what the longest answer holds.
    static let greatestCount = 65_536

    private let characters: [Character]
    private let column: Int
    private var place = 0

    /// - Parameter column: that of the first character, from 1.
    init(_ text: some StringProtocol, column: Int) {
        characters = Array(text)
        self.column = column
    }

    /// All elements of the text.
    mutating func elements() throws(Failure) -> [ScriptElement] {
        var elements: [ScriptElement] = []
        while place < characters.count {
            switch characters[place] {
            case let blank where blank.isWhitespace: place += 1
            case "$": elements.append(.variable(try reference()))
            case "*": elements.append(.any(try wildcard()))
            default: elements.append(try byte())
            }
        }
        return elements
    }

    private mutating func byte() throws(Failure) -> ScriptElement {
        let start = place
        var (value, mask) = (UInt8(0), UInt8(0))
        for _ in 0..<2 {
            guard place < characters.count else { throw Failure(code: .halfByte, offset: start) }
            let digit = characters[place]
            let isFree = digit == "x" || digit == "X"
            guard isFree || digit.isASCII, let number = isFree ? 0 : digit.hexDigitValue else {
                throw Failure(code: place == start ? .strangeCharacter : .halfByte, offset: place)
            }
            value = value << 4 | UInt8(number)
            mask = mask << 4 | (isFree ? 0 : 0xF)
            place += 1
        }
        return .byte(value: value, mask: mask)
    }

    /// `*`, `*{8}` or `*{1-16}`.
    private mutating func wildcard() throws(Failure) -> ClosedRange<Int> {
        let start = place
        place += 1
        guard place < characters.count, characters[place] == "{" else { return 0...Self.greatestCount }
        let bounds = String(try braced(from: start, or: .badWildcard)).split(
            separator: "-", omittingEmptySubsequences: false)
        guard (1...2).contains(bounds.count), let least = Int(bounds[0]), let most = Int(bounds[bounds.count - 1]),
            least >= 0, least <= most, most <= Self.greatestCount
        else { throw Failure(code: .badWildcard, offset: start) }
        return least...most
    }

    private mutating func reference() throws(Failure) -> ScriptReference {
        let start = place
        place += 1
        guard place < characters.count, characters[place] == "{" else {
            throw Failure(code: .badVariable, offset: start)
        }
        var name = String(try braced(from: start, or: .badVariable))
        let isCount = name.hasPrefix("#")
        if isCount { name.removeFirst() }
        let isText = name.hasSuffix(".text")
        if isText { name.removeLast(5) }
        guard Self.isName(name) else { throw Failure(code: .badVariable, offset: start) }
        return ScriptReference(name: name, isText: isText, isCount: isCount, column: column + start)
    }

    private mutating func braced(from start: Int, or code: ScriptError.Code) throws(Failure) -> ArraySlice<Character> {
        guard let end = characters[place...].firstIndex(of: "}") else { throw Failure(code: code, offset: start) }
        defer { place = end + 1 }
        return characters[(place + 1)..<end]
    }

    /// Whether `text` can name a variable: letters, digits and underscores, no digit first.
    static func isName(_ text: some StringProtocol) -> Bool {
        guard let first = text.unicodeScalars.first, !("0"..."9").contains(first) else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "_": true
            default: false
            }
        }
    }
}
