/// A record of a trace.
public enum TraceRecord: Sendable, Equatable {
    /// A command and its outcome.
    case exchange(TraceEvent)
    /// A card event.
    case card(TraceCardEvent)

    /// When, in microseconds since 1970-01-01 UTC; nil where unknown.
    public var time: Int64? {
        switch self {
        case .exchange(let event): event.time
        case .card(let event): event.time
        }
    }

    /// The reader's or card's name.
    public var reader: String {
        switch self {
        case .exchange(let event): event.reader
        case .card(let event): event.reader
        }
    }

    /// Who sent or caused it; nil where unknown.
    public var sender: TraceSender? {
        switch self {
        case .exchange(let event): event.sender
        case .card(let event): event.sender
        }
    }
}
