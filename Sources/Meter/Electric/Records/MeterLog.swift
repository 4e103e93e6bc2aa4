internal import ValueElement
internal import ValueProtocol

/// All that a meter has recorded, as READ USAGE asks for it.
final class MeterLog: UsageLog {
    var book = UsageBook([:])
    var events = EventLog([:])
    /// The periods that are open, of each series of `UsageBook.series`: what they hold so far.
    var open: () -> [UsageRecord] = { [] }
    var calendar: () -> LocalCalendar = { LocalCalendar() }

    func load(_ records: [RecordName: [UInt8]]) {
        book = UsageBook(records)
        events = EventLog(records)
    }

    func records(_ series: UsageSeries, from: Timestamp, to: Timestamp) -> [[UInt8]] {
        if series == .events { return events.events(from: from, to: to).map(\.bytes) }
        return usage(series, from: from, to: to).map(\.bytes)
    }

    /// The records of use of a series; none of events.
    func usage(_ series: UsageSeries, from: Timestamp, to: Timestamp) -> [UsageRecord] {
        guard let index = UsageBook.series.firstIndex(of: series) else { return [] }
        let open = open()[index]
        guard from <= open.start, open.start <= to else { return book.records(series, from: from, to: to) }
        // What is open is shown as it would be if it were closed now: a clock that was set back may have begun it twice.
        var book = book
        _ = book.close(series, open, calendar())
        return book.records(series, from: from, to: to)
    }
}
