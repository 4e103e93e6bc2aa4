public import Diagnostics

/// A list of answers to reset and the cards that send them, in the format of pcsc-tools' `smartcard_list.txt`.
///
/// A line that begins with a hexadecimal digit is an answer to reset, or a regular expression for several; the lines
/// after it that begin with a tab name the cards.
public struct KnownCards: Sendable {
    private struct Entry {
        let pattern: String
        var cards: [String]
    }

    /// Where pcsc-tools installs its list: on Debian, from source, and on macOS.
    public static let usualPaths = [
        "/usr/share/pcsc/smartcard_list.txt", "/usr/local/share/pcsc/smartcard_list.txt",
        "/opt/homebrew/share/pcsc/smartcard_list.txt",
    ]

    private let entries: [Entry]

    /// Parses the text of a list.
    public init(_ text: String) {
        var entries: [Entry] = []
        for line in text.split(whereSeparator: \.isNewline) {
            if line.first == "\t" {
                if !entries.isEmpty { entries[entries.count - 1].cards.append(line.dropFirst().trimmed) }
            } else if line.first?.isHexDigit == true {
                entries.append(Entry(pattern: String(line).trimmed, cards: []))
            }
        }
        self.entries = entries
    }

    /// The cards that send this answer to reset; empty where the list has none.
    ///
    /// - Parameter answerToReset: the bytes as sent.
    /// - Throws: `KnownCardsError` where a candidate entry is not a valid regular expression.
    public func cards(answering answerToReset: [UInt8]) throws(KnownCardsError) -> [String] {
        let text = answerToReset.hexadecimal(separator: " ")
        var cards: [String] = []
        for entry in entries where try Self.matches(entry.pattern, text) { cards += entry.cards }
        return cards
    }

    private static func matches(_ pattern: String, _ text: String) throws(KnownCardsError) -> Bool {
        if pattern.allSatisfy({ $0.isHexDigit || $0 == " " }) { return pattern.uppercased() == text }
        // Most patterns already differ in the first bytes.
        let plain = pattern.prefix { $0.isHexDigit || $0 == " " }.uppercased().prefix(5)
        guard text.hasPrefix(plain) else { return false }
        do {
            return try Regex(pattern).ignoresCase().wholeMatch(in: text) != nil
        } catch {
            throw KnownCardsError(.malformedPattern, pattern, cause: error)
        }
    }
}

/// What is wrong with a list of known cards.
public struct KnownCardsError: DiagnosticError {
    /// What is wrong, with a stable number.
    public enum Code: UInt16, DiagnosticCode {
        /// An entry is neither an answer to reset nor a valid regular expression.
        case malformedPattern = 1

        public var description: String {
            switch self {
            case .malformedPattern: "is not a regular expression"
            }
        }
    }

    public let code: Code
    /// The entry.
    public let subject: String
    /// The underlying error, if any.
    public let cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }
}

extension StringProtocol {
    /// Without leading and trailing white space.
    fileprivate var trimmed: String {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
        while rest.last?.isWhitespace == true { rest = rest.dropLast() }
        return String(rest)
    }
}
