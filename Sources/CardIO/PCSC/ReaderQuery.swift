public import ISO7816

/// Selects a reader: by its name, its number in the list, a part of its name, or as the only one.
public struct ReaderQuery: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    private enum Choice: Sendable, Hashable {
        case only
        case name(String)
        case number(Int)
        case text(String)
    }

    private let choice: Choice

    /// The only reader, or the only one that holds a card.
    public static let only = ReaderQuery(choice: .only)
    /// The reader with exactly this name.
    public static func name(_ name: String) -> ReaderQuery { ReaderQuery(choice: .name(name)) }
    /// The reader at this index of the list, from 0.
    public static func number(_ number: Int) -> ReaderQuery { ReaderQuery(choice: .number(number)) }

    private init(choice: Choice) { self.choice = choice }

    /// User input: a full name first, then a number, then a part of a name, case-insensitive.
    public init(_ text: String) { self.choice = .text(text) }
    public init(stringLiteral text: String) { self.init(text) }

    /// The name, where it was given as a full one.
    var exactName: String? {
        if case .name(let name) = choice { name } else { nil }
    }

    public var description: String {
        switch choice {
        case .only: "the only reader"
        case .name(let name): "reader \(name)"
        case .number(let number): "reader number \(number)"
        case .text(let text): "reader \(text)"
        }
    }

    /// The name of the selected reader.
    ///
    /// - Throws: `CardError`: `.noReader` where there are no readers, `.unknownReader` or `.ambiguousReader` where none
    ///   or several match; the cause is then ``ConnectedReaders``.
    public func resolve(in readers: [String]) throws(CardError) -> String {
        guard !readers.isEmpty else { throw CardError(.noReader, subject: description) }
        let fitting = matches(in: readers)
        if fitting.count == 1 { return fitting[0] }
        throw CardError(
            fitting.isEmpty ? .unknownReader : .ambiguousReader, subject: description,
            cause: ConnectedReaders(names: readers))
    }

    /// The name of the selected reader, where it is known which of them hold a card: one card in several readers is no
    /// question.
    ///
    /// - Throws: `CardError`, as `resolve(in:)` does; for ``only`` `.noCard` where none of several readers holds a card.
    public func resolve(among states: [ReaderState]) throws(CardError) -> String {
        let readers = states.map(\.reader)
        guard self == .only, readers.count > 1 else { return try resolve(in: readers) }
        let holding = states.filter(\.isCardPresent).map(\.reader)
        if holding.isEmpty {
            throw CardError(.noCard, subject: "\(readers.count) readers", cause: ConnectedReaders(names: readers))
        }
        return try resolve(in: holding.count == 1 ? holding : readers)
    }

    /// The names of all readers that match, in their order; for ``only`` all readers.
    public func matches(in readers: [String]) -> [String] {
        switch choice {
        case .only: return readers
        case .name(let name): return readers.filter { $0 == name }
        case .number(let number): return readers.indices.contains(number) ? [readers[number]] : []
        case .text(let text):
            if readers.contains(text) { return [text] }
            if let number = Int(text), readers.indices.contains(number) { return [readers[number]] }
            let part = text.lowercased()
            return text.isEmpty ? [] : readers.filter { $0.lowercased().contains(part) }
        }
    }
}

/// The readers to choose from: the cause of `.unknownReader` and `.ambiguousReader`.
public struct ConnectedReaders: Error, Sendable, Hashable, CustomStringConvertible {
    /// In order of their numbers, from 0.
    public let names: [String]

    /// `0: NAME; 1: NAME`
    public var description: String {
        names.enumerated().map { "\($0.offset): \($0.element)" }.joined(separator: "; ")
    }
}
