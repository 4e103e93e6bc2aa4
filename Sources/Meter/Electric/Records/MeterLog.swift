internal import ValueElement
internal import ValueProtocol

/// All that a meter has recorded, as READ USAGE asks for it.
final class MeterLog: UsageLog {
    var book = UsageBook([:])
    var events = EventLog([:])
    /// The periods that are open, of each series of `UsageBook.series`: what they hold so far.
    var open: () -> [[UInt8]] = { [] }
    var calendar: () -> LocalCalendar = { LocalCalendar() }

    func load(_ records: [RecordName: [UInt8]]) {
        book = UsageBook(records)
        events = EventLog(records)
    }

    func records(_ series: UsageSeries, from: Timestamp, to: Timestamp) -> [[UInt8]] {
        if series == .events { return events.events(from: from, to: to) }
        guard let index = UsageBook.series.firstIndex(of: series) else { return [] }
        let open = open()[index]
        var reader = ByteReader(open.span)
        let start = Timestamp(rawValue: reader.read())
        guard from <= start, start <= to else { return book.records(series, from: from, to: to) }
        // What is open is shown as it would be if it were closed now: a clock that was set back may have begun it twice.
        var book = book
        _ = book.close(
            series, start: start, quantity: reader.read(), spent: Amount(rawValue: reader.read()), calendar())
        return book.records(series, from: from, to: to)
    }
}
