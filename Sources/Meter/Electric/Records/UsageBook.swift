internal import ValueElement
internal import ValueProtocol

/// Use by quarter hours, hours, days, weeks and months, and energy given back by quarter hours and hours: closed periods
/// are in the records of the memory, open ones in the registers.
///
/// A record of the memory holds a stretch of a series: `stretch u32 ‖ (start u32 ‖ quantity u32 ‖ spent u64)*`, oldest
/// first. Stretches use their record names in rotation, so a new one replaces the oldest, and all names are written
/// equally often: hours by days for two years, days by months, weeks by sixteen, months by years; quarter hours by six
/// hours for 41 days.
struct UsageBook {
    /// In the order of the registers' open periods.
    static let series: [UsageSeries] = [
        .hours, .days, .weeks, .months, .quarterHours, .hoursGivenBack, .quarterHoursGivenBack,
    ]

    /// The closed periods, by record name.
    private var stretches: [RecordName: [UInt8]] = [:]

    init(_ records: [RecordName: [UInt8]]) {
        for (name, content) in records where UsageBook.series.contains(where: { UsageBook.names($0).contains(name) }) {
            stretches[name] = content
        }
    }

    private static func names(_ series: UsageSeries) -> ClosedRange<RecordName> {
        let first = first(series)
        return first...RecordName(first.rawValue + count(series) - 1)
    }

    private static func first(_ series: UsageSeries) -> RecordName { RecordName(UInt16(series.rawValue) << 12) }

    /// The number of record names per series: two years, of quarter hours 41 days, and the stretch being written.
    private static func count(_ series: UsageSeries) -> UInt16 {
        switch series {
        case .hours, .hoursGivenBack: 733
        case .quarterHours, .quarterHoursGivenBack: 165
        case .days: 26
        case .weeks: 9
        default: 4
        }
    }

    /// The stretch to which a period belongs.
    private static func stretch(_ series: UsageSeries, _ start: Timestamp, _ calendar: LocalCalendar) -> UInt32 {
        let moment = calendar.moment(at: start)
        let day = moment.dayNumber
        let number: Int
        switch series {
        case .hours, .hoursGivenBack: number = day
        case .quarterHours, .quarterHoursGivenBack: number = day * 4 + moment.minute / 360
        case .days:
            let date = CivilDate(dayNumber: day)
            number = date.year * 12 + date.month - 1
        case .weeks: number = (day + 3) / 7 / 16
        default: number = CivilDate(dayNumber: day).year
        }
        return UInt32(clamping: number)
    }

    /// Whether a period is recorded: of energy given back only one in which there was any.
    static func keeps(_ period: UsageRecord, of series: UsageSeries) -> Bool {
        period.quantity > 0 || (series != .hoursGivenBack && series != .quarterHoursGivenBack)
    }

    /// Adds a closed period to its stretch; one with the same start, which results from a clock set back, is summed.
    ///
    /// - Returns: the record to be written.
    mutating func close(
        _ series: UsageSeries, _ period: UsageRecord, _ calendar: LocalCalendar
    ) -> RecordChange {
        let stretch = UsageBook.stretch(series, period.start, calendar)
        let name = RecordName(UsageBook.first(series).rawValue + UInt16(stretch % UInt32(UsageBook.count(series))))
        var content: [UInt8] = []
        content.append(bigEndian: stretch)
        if let old = stretches[name], old.prefix(4) == content[...] { content = old }
        var record = period
        var offset = content.count
        while offset > 4 {
            let before = UsageBook.read(content[(offset - UsageRecord.byteCount)..<offset])
            if before.start < period.start { break }
            offset -= UsageRecord.byteCount
            guard before.start == period.start else { continue }
            record = UsageRecord(
                start: period.start, quantity: UInt32(clamping: UInt64(before.quantity) + UInt64(period.quantity)),
                spent: before.spent.addingUpToMost(period.spent))
            content.removeSubrange(offset..<(offset + UsageRecord.byteCount))
            break
        }
        content.insert(contentsOf: record.bytes, at: offset)
        stretches[name] = content
        return RecordChange(name, content)
    }

    private static func read(_ bytes: ArraySlice<UInt8>) -> UsageRecord {
        var reader = ByteReader(bytes.span)
        return UsageRecord(from: &reader)
    }

    /// The closed records of a series with their start in `from...to`, oldest first.
    func records(_ series: UsageSeries, from: Timestamp, to: Timestamp) -> [UsageRecord] {
        let names = UsageBook.names(series)
        let ordered = stretches.filter { names.contains($0.key) }.values
            .sorted { $0.prefix(4).lexicographicallyPrecedes($1.prefix(4)) }
        var records: [UsageRecord] = []
        for stretch in ordered {
            for offset in stride(from: 4, to: stretch.count, by: UsageRecord.byteCount) {
                let record = UsageBook.read(stretch[offset..<(offset + UsageRecord.byteCount)])
                if from <= record.start, record.start <= to { records.append(record) }
            }
        }
        return records
    }
}
