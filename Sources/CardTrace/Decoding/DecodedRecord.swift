/// A record of a trace in words. Nothing in it is secret.
public enum DecodedRecord: Sendable {
    /// A command and its answer.
    case exchange(DecodedEvent)
    /// What else befell a card.
    case card(TraceCardEvent)

    /// The record without its words, secrets masked: what a trace file keeps of it.
    public var record: TraceRecord {
        switch self {
        case .exchange(let event): .exchange(event.event)
        case .card(let event): .card(event)
        }
    }
}

/// Puts the records of several readers into words, each with a decoder of its own.
public struct TraceDecoders: Sendable {
    private let dictionary: APDUDictionary
    private var decoders: [String: TraceDecoder] = [:]
    private var cards = TraceCards()

    public init(_ dictionary: APDUDictionary) { self.dictionary = dictionary }

    /// Puts one record into words, an exchange with the answer to reset of its card.
    public mutating func decode(_ record: TraceRecord) -> DecodedRecord {
        switch record {
        case .exchange(var event):
            cards.complete(&event)
            return .exchange(decoders[event.reader, default: TraceDecoder(dictionary)].decode(event))
        case .card(let event):
            cards.follow(event)
            decoders[event.reader]?.reset()
            return .card(event)
        }
    }
}
