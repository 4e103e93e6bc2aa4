internal import ValueElement
internal import ValueProtocol

/// A meter's records, as READ USAGE requests them.
final class MeterLog: UsageLog {
    var book = UsageBook([:])
    var events = EventLog([:])
    /// The open periods of each series of `UsageBook.series`: their content so far.
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

    func numberedRecords(_ series: UsageSeries, from: Timestamp, to: Timestamp) -> [NumberedRecord] {
        if series == .events { return events.numbered(from: from, to: to) }
        return usage(series, from: from, to: to).map { NumberedRecord(number: $0.start.rawValue, bytes: $0.bytes) }
    }

    /// The usage records of a series; none for events.
    func usage(_ series: UsageSeries, from: Timestamp, to: Timestamp) -> [UsageRecord] {
        guard let index = UsageBook.series.firstIndex(of: series) else { return [] }
        let open = open()[index]
        guard UsageBook.keeps(open, of: series), from <= open.start, open.start <= to else {
            return book.records(series, from: from, to: to)
        }
        // An open period is shown as if it were closed now: with a clock that was set back, it may have begun twice.
        var book = book
        _ = book.close(series, open, calendar())
        return book.records(series, from: from, to: to)
    }
}
