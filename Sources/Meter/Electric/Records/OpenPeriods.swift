internal import ValueElement
internal import ValueProtocol

/// The periods of `UsageBook.series` that are not over yet.
struct OpenPeriods: Equatable {
    /// In the order of `UsageBook.series`.
    private var periods = Array(repeating: Period(), count: UsageBook.series.count)

    /// The start of a period, and the registers at that time.
    struct Period: Equatable {
        var start = Timestamp(rawValue: 0)
        var end = Timestamp(rawValue: 0)
        /// From the line; of energy given back, to the line.
        var wattHours: UInt64 = 0
        var spent = Amount.zero

        func contains(_ time: Timestamp) -> Bool { start <= time && time < end }
    }

    /// What the registers count of a series, since manufacture: Wh, and what they cost or what was paid for them.
    typealias Total = (wattHours: UInt64, spent: Amount)

    init() {}

    subscript(series: UsageSeries) -> Period {
        UsageBook.series.firstIndex(of: series).map { periods[$0] } ?? Period()
    }

    /// Whether nothing is over at `now`: every other period ends with a quarter hour.
    func contain(_ now: Timestamp) -> Bool { self[.quarterHours].contains(now) }

    /// A period's content so far.
    func content(_ series: UsageSeries, _ total: Total) -> UsageRecord {
        let open = self[series]
        return UsageRecord(
            start: open.start, quantity: UInt32(clamping: total.wattHours - open.wattHours),
            spent: Amount(rawValue: total.spent.rawValue - open.spent.rawValue))
    }

    /// Closes the periods that do not contain `now`, and opens those that do. Setting the clock back does the same: a
    /// period with the same start is then added to.
    ///
    /// - Returns: the records to be written.
    mutating func close(
        at now: Timestamp, in book: inout UsageBook, _ calendar: LocalCalendar, _ total: (UsageSeries) -> Total
    ) -> [RecordChange] {
        var changes: [RecordChange] = []
        for (index, series) in UsageBook.series.enumerated() where !periods[index].contains(now) {
            let total = total(series)
            let content = content(series, total)
            // Before the first tick nothing was open.
            if periods[index].end > periods[index].start, UsageBook.keeps(content, of: series) {
                changes.append(book.close(series, content, calendar))
            }
            let period = calendar.period(series, at: now)
            periods[index] = Period(
                start: period.lowerBound, end: period.upperBound, wattHours: total.wattHours, spent: total.spent)
        }
        return changes
    }

    // MARK: Stored with the registers

    func append(to bytes: inout [UInt8]) {
        for period in periods {
            bytes.append(bigEndian: period.start.rawValue)
            bytes.append(bigEndian: period.end.rawValue)
            bytes.append(bigEndian: period.wattHours)
            bytes.append(bigEndian: period.spent.rawValue)
        }
    }

    /// - Parameter count: how many are stored; the others begin with the first tick.
    @_lifetime(reader: copy reader)
    init(from reader: inout ByteReader, count: Int = UsageBook.series.count) {
        for index in 0..<count {
            periods[index] = Period(
                start: Timestamp(rawValue: reader.read()), end: Timestamp(rawValue: reader.read()),
                wattHours: reader.read(), spent: Amount(rawValue: reader.read()))
        }
    }
}
