/// An event of a reader or its card.
public enum ReaderEvent: Sendable, Hashable {
    /// A reader is connected, initially or now.
    case readerArrived(reader: String)
    /// A reader was disconnected.
    case readerLeft(reader: String)
    /// A card is present, initially or now.
    case cardInserted(reader: String, answerToReset: [UInt8])
    /// A card is present that does not answer to reset.
    case cardMute(reader: String)
    /// The card was removed.
    case cardRemoved(reader: String)

    /// The reader's name.
    public var reader: String {
        switch self {
        case .readerArrived(let reader), .readerLeft(let reader), .cardInserted(let reader, _), .cardMute(let reader),
            .cardRemoved(let reader):
            reader
        }
    }
}

/// Derives events from successive states of all readers.
struct ReaderObserver {
    private var known: [ReaderState] = []

    /// Compares the current states with the previous ones.
    ///
    /// A card that was replaced between two calls gives a removal and an insertion.
    mutating func observe(_ states: [ReaderState]) -> [ReaderEvent] {
        var events: [ReaderEvent] = []
        let before = Dictionary(known.map { ($0.reader, $0) }, uniquingKeysWith: { first, _ in first })
        let names = Set(states.map(\.reader))
        for old in known where !names.contains(old.reader) {
            if old.isCardPresent { events.append(.cardRemoved(reader: old.reader)) }
            events.append(.readerLeft(reader: old.reader))
        }
        for state in states {
            let old = before[state.reader]
            if old == nil { events.append(.readerArrived(reader: state.reader)) }
            let wasIn = old?.isCardPresent ?? false
            let isSame = wasIn && state.isCardPresent && old?.changes == state.changes
            if wasIn, !isSame { events.append(.cardRemoved(reader: state.reader)) }
            if state.isCardPresent, !isSame || old?.isMute != state.isMute {
                events.append(
                    state.isMute
                        ? .cardMute(reader: state.reader)
                        : .cardInserted(reader: state.reader, answerToReset: state.answerToReset))
            }
        }
        known = states
        return events
    }
}
