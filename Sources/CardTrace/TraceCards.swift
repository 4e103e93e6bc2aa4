/// Tracks which card is in which reader, from the records of a trace.
///
/// An exchange belongs to the card with its reader's last answer to reset, from a card event or from an exchange that
/// has one.
struct TraceCards: Sendable {
    private var answers: [String: [UInt8]] = [:]

    /// The answer to reset of the card in `reader`; empty where unknown.
    func answerToReset(in reader: String) -> [UInt8] { answers[reader] ?? [] }

    /// Records a card event. A reset without an answer keeps the known one, as does power off.
    mutating func follow(_ event: TraceCardEvent) {
        switch event.kind {
        case .removed: answers[event.reader] = nil
        case .inserted: answers[event.reader] = event.answerToReset.isEmpty ? nil : event.answerToReset
        case .reset, .poweredOff:
            if !event.answerToReset.isEmpty { answers[event.reader] = event.answerToReset }
        }
    }

    /// Sets the card in `reader`.
    mutating func record(_ answerToReset: [UInt8], in reader: String) { answers[reader] = answerToReset }

    /// Sets the answer to reset of an exchange that has none to its card's.
    mutating func complete(_ event: inout TraceEvent) {
        if !event.answerToReset.isEmpty {
            answers[event.reader] = event.answerToReset
        } else if let known = answers[event.reader] {
            event.answerToReset = known
        }
    }

    /// Tracks records, and sets the answer to reset of exchanges.
    mutating func complete(_ records: inout [TraceRecord]) {
        for index in records.indices {
            switch records[index] {
            case .card(let event): follow(event)
            case .exchange(var event):
                guard !answers.isEmpty || !event.answerToReset.isEmpty else { continue }
                complete(&event)
                records[index] = .exchange(event)
            }
        }
    }
}
