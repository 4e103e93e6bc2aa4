public import ValueProtocol

/// A meter's usage of one series and one day of its clock, as a store keeps it: in few bytes, and in one row.
///
/// It is one `PackedUsage` page after another: records that follow one another without a gap share one, as the meter
/// sent them. A day of hours takes about 110 bytes, in place of 24 rows.
public struct UsageDay: Sendable, Hashable {
    /// Days since 1970-01-01, by the meter's clock.
    public let day: UInt32
    public let series: UsageSeries
    /// By their start.
    public private(set) var records: [UsageRecord]

    package static let seconds: UInt32 = 86_400

    /// The day in which a record starts.
    public static func day(of time: Timestamp) -> UInt32 { time.rawValue / seconds }

    /// A day without records.
    public init(_ day: UInt32, _ series: UsageSeries) {
        self.day = day
        self.series = series
        records = []
    }

    /// Parses the form of ``bytes``; nil if it is malformed, or a record is of another day or not in order.
    public init?(_ day: UInt32, _ series: UsageSeries, _ bytes: [UInt8]) {
        guard let records = PackedUsage.records(ofPages: bytes, interval: series.interval ?? 0) else { return nil }
        guard records.allSatisfy({ Self.day(of: $0.start) == day }),
            zip(records, records.dropFirst()).allSatisfy({ $0.start < $1.start })
        else { return nil }
        self.init(day, series)
        self.records = records
    }

    /// The encoded day.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        var page: PackedUsage?
        for record in records {
            if page?.append(record, room: .max) == true { continue }
            bytes += page?.bytes ?? []
            page = PackedUsage(record, interval: series.interval ?? 0)
        }
        return bytes + (page?.bytes ?? [])
    }

    /// Adds records of this day; of two with one start, the new one stays.
    ///
    /// - Returns: how many starts are new.
    public mutating func merge(_ added: [UsageRecord]) -> Int {
        let before = records.count
        var byStart: [Timestamp: UsageRecord] = [:]
        for record in records + added where Self.day(of: record.start) == day { byStart[record.start] = record }
        records = byStart.values.sorted { $0.start < $1.start }
        return records.count - before
    }
}
