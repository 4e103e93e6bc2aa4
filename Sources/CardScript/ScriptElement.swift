/// An element of a script line: a byte, a wildcard, or a variable.
enum ScriptElement: Sendable, Hashable {
    /// A byte; bits not in `mask` are free.
    case byte(value: UInt8, mask: UInt8)
    /// Any bytes, in this number.
    case any(ClosedRange<Int>)
    /// The value of a variable.
    case variable(ScriptReference)
}

/// A reference to a variable: `${name}`, `${name.text}`, `${#name}`.
struct ScriptReference: Sendable, Hashable {
    let name: String
    /// Whether the text is used as UTF-8 instead of hexadecimal digits.
    let isText: Bool
    /// Whether it means the length of the value, as one byte.
    let isCount: Bool
    /// Its column in the line, from 1.
    let column: Int

    /// Two are equal when they mean the same, wherever they stand.
    static func == (a: Self, b: Self) -> Bool {
        a.name == b.name && a.isText == b.isText && a.isCount == b.isCount
    }
    func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(isText)
        hasher.combine(isCount)
    }
}

/// Splits the text of a line into elements.
struct ScriptScanner {
    /// The error, and its offset from the first character scanned.
    struct Failure: Error {
        let code: ScriptError.Code
        let offset: Int
        /// The variable concerned, if any.
        var name: String? = nil
    }

    /// Maximum count of a wildcard: the data length of the longest answer.
    static let maxCount = 65_536

    private let characters: [Character]
    private let column: Int
    private var index = 0

    /// - Parameter column: that of the first character, from 1.
    init(_ text: some StringProtocol, column: Int) {
        characters = Array(text)
        self.column = column
    }

    /// All elements of the text.
    mutating func elements() throws(Failure) -> [ScriptElement] {
        var elements: [ScriptElement] = []
        while index < characters.count {
            switch characters[index] {
            case let blank where blank.isWhitespace: index += 1
            case "$": elements.append(.variable(try reference()))
            case "*": elements.append(.any(try wildcard()))
            default: elements.append(try byte())
            }
        }
        return elements
    }

    private mutating func byte() throws(Failure) -> ScriptElement {
        let start = index
        var (value, mask) = (UInt8(0), UInt8(0))
        for _ in 0..<2 {
            guard index < characters.count else { throw Failure(code: .halfByte, offset: start) }
            let digit = characters[index]
            let isFree = digit == "x" || digit == "X"
            guard isFree || digit.isASCII, let number = isFree ? 0 : digit.hexDigitValue else {
                throw Failure(code: index == start ? .unexpectedCharacter : .halfByte, offset: index)
            }
            value = value << 4 | UInt8(number)
            mask = mask << 4 | (isFree ? 0 : 0xF)
            index += 1
        }
        return .byte(value: value, mask: mask)
    }

    /// `*`, `*{8}` or `*{1-16}`.
    private mutating func wildcard() throws(Failure) -> ClosedRange<Int> {
        let start = index
        index += 1
        guard index < characters.count, characters[index] == "{" else { return 0...Self.maxCount }
        let bounds = String(try braced(from: start, or: .badWildcard)).split(
            separator: "-", omittingEmptySubsequences: false)
        guard (1...2).contains(bounds.count), let least = Int(bounds[0]), let most = Int(bounds[bounds.count - 1]),
            least >= 0, least <= most, most <= Self.maxCount
        else { throw Failure(code: .badWildcard, offset: start) }
        return least...most
    }

    private mutating func reference() throws(Failure) -> ScriptReference {
        let start = index
        index += 1
        guard index < characters.count, characters[index] == "{" else {
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
        guard let end = characters[index...].firstIndex(of: "}") else { throw Failure(code: code, offset: start) }
        defer { index = end + 1 }
        return characters[(index + 1)..<end]
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
