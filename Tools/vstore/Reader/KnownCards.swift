/// The list of answers to reset and the cards that give them, as pcsc-tools installs it.
///
/// A line that begins with a hexadecimal digit is an answer to reset or a regular expression for several; the lines
/// behind it that begin with a tab name the cards.
struct KnownCards {
    /// What the list says of one answer to reset.
    enum Answer {
        /// Probable cards, none where the list has none.
        case cards([String])
        /// There is no list; why, and what to do.
        case noList(String)

        var lines: [String] {
            switch self {
            case .cards(let names) where names.isEmpty: ["Card: not in the list of known cards"]
            case .cards(let names): ["Card, probably:"] + names.map { "  \($0)" }
            case .noList(let why): ["Card: \(why)"]
            }
        }

        var json: JSONValue {
            switch self {
            case .cards(let names): .list(names.map(JSONValue.text))
            case .noList: .null
            }
        }
    }

    private struct Entry {
        let pattern: String
        var cards: [String]
    }

    /// Where pcsc-tools installs its list, on Debian, by hand, and on macOS.
    private static let usualPaths = [
        "/usr/share/pcsc/smartcard_list.txt", "/usr/local/share/pcsc/smartcard_list.txt",
        "/opt/homebrew/share/pcsc/smartcard_list.txt",
    ]

    private let entries: [Entry]

    /// Reads the text of a list.
    init(_ text: String) {
        var entries: [Entry] = []
        for line in text.split(separator: "\n") {
            if line.first == "\t" {
                if !entries.isEmpty { entries[entries.count - 1].cards.append(line.dropFirst().trimmed) }
            } else if line.first?.isHexDigit == true {
                entries.append(Entry(pattern: String(line).trimmed, cards: []))
            }
        }
        self.entries = entries
    }

    /// The cards that give this answer to reset.
    func cards(_ bytes: [UInt8]) throws -> [String] {
        let text = bytes.hexadecimal(separator: " ")
        var cards: [String] = []
        for entry in entries where try Self.matches(entry.pattern, text) { cards += entry.cards }
        return cards
    }

    private static func matches(_ pattern: String, _ text: String) throws -> Bool {
        if pattern.allSatisfy({ $0.isHexDigit || $0 == " " }) { return pattern.uppercased() == text }
        // Most patterns differ in the first bytes already.
        let plain = pattern.prefix { $0.isHexDigit || $0 == " " }.uppercased().prefix(5)
        guard text.hasPrefix(plain) else { return false }
        let expression: Regex<AnyRegexOutput>
        do {
            expression = try Regex(pattern)
        } catch {
            throw Failure(.file, "list of known cards: '\(pattern)' is no regular expression. Install the list anew.")
        }
        return try expression.ignoresCase().wholeMatch(in: text) != nil
    }

    /// What the list at `path`, or that of pcsc-tools, says of an answer to reset.
    static func look(up bytes: [UInt8], in path: String?) throws -> Answer {
        guard let path = path ?? usualPaths.first(where: fileExists) else {
            return .noList(
                "its name is not known, since the list of pcsc-tools is not installed. "
                    + "Install it (apt-get install pcsc-tools), or name a list with --card-list.")
        }
        return .cards(try KnownCards(TextFile.read(path)).cards(bytes))
    }
}

extension StringProtocol {
    /// Without blanks at both ends.
    fileprivate var trimmed: String {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
        while rest.last?.isWhitespace == true { rest = rest.dropLast() }
        return String(rest)
    }
}
