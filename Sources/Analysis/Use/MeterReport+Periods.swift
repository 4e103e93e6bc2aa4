public import HeadEnd
internal import Meter
public import ValueProtocol

/// The periods of a report: in whose time they are, and which of them are missing.
extension MeterReport {
    /// The series of a report, from the shortest periods to the longest.
    public static let series: [UsageSeries] = [.hours, .days, .weeks, .months]

    /// The records of a series.
    public func use(_ series: UsageSeries) -> [UsageRecord] {
        switch series {
        case .hours: records.hours
        case .days: records.days
        case .weeks: records.weeks
        case .months: records.months
        default: []
        }
    }

    /// The time zone in which days and hours are counted, as in `UTC+01:00`.
    public var timeZone: String { "UTC\(offsetText)" }

    var offsetText: String {
        func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(localOffset < 0 ? "-" : "+")\(digits(abs(localOffset) / 60)):\(digits(abs(localOffset) % 60))"
    }

    /// Minutes ahead of UTC at which the days of the records begin; nil without a day.
    ///
    /// A day that begins from 10:00 UTC to before 12:00 UTC may be of either side of the date line: it is taken as behind
    /// UTC.
    public static func localOffset(of records: MeterRecords) -> Int? {
        records.days.last.map { day in
            let minutes = Int(day.start.rawValue % 86_400) / 60
            return minutes < 720 ? -minutes : 1440 - minutes
        }
    }

    /// The stretches without a record, by series and oldest first.
    public var gaps: [UseGap] {
        MeterReport.series.flatMap { series in
            let use = use(series)
            return zip(use, use.dropFirst()).compactMap { before, after in
                var (next, count) = (calendar.period(series, at: before.start).upperBound, 0)
                let first = next
                let end = calendar.period(series, at: after.start).lowerBound
                while next < end {
                    count += 1
                    next = calendar.period(series, at: next).upperBound
                }
                return count == 0 ? nil : UseGap(series: series, from: first, to: after.start, count: count)
            }
        }
    }

    /// The series whose newest record is not final: it counts until the meter was read.
    public var unfinished: [UsageSeries] { MeterReport.series.filter { !use($0).isEmpty } }

    private var calendar: LocalCalendar { LocalCalendar(offset: Int16(localOffset)) }

    /// The newest periods of a series up to its last record, oldest first; those without a record have none.
    func periods(_ series: UsageSeries, atMost count: Int) -> [(start: Timestamp, record: UsageRecord?)] {
        let use = use(series).suffix(count)
        guard let first = use.first, let last = use.last else { return [] }
        var records: [Timestamp: UsageRecord] = [:]
        for record in use { records[calendar.period(series, at: record.start).lowerBound] = record }
        var start = calendar.period(series, at: last.start).lowerBound
        let oldest = calendar.period(series, at: first.start).lowerBound
        var periods: [(start: Timestamp, record: UsageRecord?)] = []
        while periods.count < count, start >= oldest {
            periods.append((start, records[start]))
            guard start.rawValue > 0 else { break }
            start = calendar.period(series, at: Timestamp(rawValue: start.rawValue - 1)).lowerBound
        }
        return periods.reversed()
    }
}
