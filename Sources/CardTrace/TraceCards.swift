/// Which card is in which reader, as the records of a trace tell it one after the other.
///
/// An exchange belongs to the card whose answer to reset its reader told last, by a card event or by an exchange that
/// has one of its own.
public struct TraceCards: Sendable {
    private var answers: [String: [UInt8]] = [:]

    public init() {}

    /// The answer to reset of the card in `reader`; empty where none is known.
    public func answerToReset(in reader: String) -> [UInt8] { answers[reader] ?? [] }

    /// Notes what befell a card. A reset that tells no answer leaves the one that is known, as does the loss of power.
    public mutating func follow(_ event: TraceCardEvent) {
        switch event.kind {
        case .removed: answers[event.reader] = nil
        case .inserted: answers[event.reader] = event.answerToReset.isEmpty ? nil : event.answerToReset
        case .reset, .poweredOff:
            if !event.answerToReset.isEmpty { answers[event.reader] = event.answerToReset }
        }
    }

    /// Notes which card is in `reader`.
    mutating func note(_ answerToReset: [UInt8], in reader: String) { answers[reader] = answerToReset }

    /// Gives an exchange without an answer to reset the one of its card.
    public mutating func complete(_ event: inout TraceEvent) {
        if !event.answerToReset.isEmpty {
            answers[event.reader] = event.answerToReset
        } else if let known = answers[event.reader] {
            event.answerToReset = known
        }
    }

    /// Follows a record, and gives an exchange its card's answer to reset.
    mutating func complete(_ records: inout [TraceRecord]) {
        for place in records.indices {
            switch records[place] {
            case .card(let event): follow(event)
            case .exchange(var event):
                guard !answers.isEmpty || !event.answerToReset.isEmpty else { continue }
                complete(&event)
                records[place] = .exchange(event)
            }
        }
    }
}
