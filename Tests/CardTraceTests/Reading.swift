import CardTrace

/// A log that was read, in a form that is easy to compare.
struct ReadLog {
    let source: TraceSource?
    let records: [TraceRecord]
    let report: TraceReadingReport

    init(_ lines: [String], as source: TraceSource? = nil) throws {
        var reader = TraceReader(source, file: "log")
        records = try reader.feed(lines.map { $0 + "\n" }.joined().utf8) + reader.finish()
        (self.source, report) = (reader.source, reader.report)
    }

    init(_ text: String, as source: TraceSource? = nil) throws {
        try self.init(text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init), as: source)
    }

    var events: [TraceEvent] {
        records.compactMap { if case .exchange(let event) = $0 { event } else { nil } }
    }

    var cardEvents: [TraceCardEvent] {
        records.compactMap { if case .card(let event) = $0 { event } else { nil } }
    }

    /// `00CA010000 6D00`, with `-` where there is no answer.
    var exchanges: [String] {
        events.map { event in
            guard case .response(let answer) = event.outcome else { return event.command.hexadecimal() + " -" }
            return event.command.hexadecimal() + " " + answer.hexadecimal()
        }
    }

    /// The lines that were skipped.
    var skipped: [Int] { report.skipped.first.compactMap(\.line) }
}
