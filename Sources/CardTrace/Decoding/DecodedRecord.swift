/// A decoded record of a trace. It contains no secrets, unless its decoder shows them.
public enum DecodedRecord: Sendable {
    /// A command and its answer.
    case exchange(DecodedEvent)
    /// A card event.
    case card(TraceCardEvent)

    /// The record without decoding, secrets masked, as stored in a trace file.
    public var record: TraceRecord {
        switch self {
        case .exchange(let event): .exchange(event.event)
        case .card(let event): .card(event)
        }
    }
}

/// Decodes the records of several readers, with one decoder per reader.
public struct TraceDecoders: Sendable {
    /// The decoder of a reader of which nothing was seen.
    private let new: TraceDecoder
    private var decoders: [String: TraceDecoder] = [:]
    private var cards = TraceCards()

    public init(_ dictionary: APDUDictionary, secrets: SecretPolicy = .hidden) {
        new = TraceDecoder(dictionary, secrets: secrets)
    }

    /// Decodes one record, and gives an exchange the answer to reset of its card.
    public mutating func decode(_ record: TraceRecord) -> DecodedRecord {
        switch record {
        case .exchange(var event):
            cards.complete(&event)
            return .exchange(decoders[event.reader, default: new].decode(event))
        case .card(let event):
            cards.follow(event)
            decoders[event.reader]?.reset()
            return .card(event)
        }
    }
}
