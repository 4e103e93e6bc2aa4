public import HeadEnd
internal import Records
public import ValueProtocol

/// A summary of a meter's records: units, the average day and charts.
public struct MeterReport: Sendable {
    /// The records of the report.
    public let records: MeterRecords
    /// Minutes by which the meter's local time is ahead of UTC.
    public let localOffset: Int

    /// - Parameters:
    ///   - records: of one meter.
    ///   - localOffset: minutes by which the meter's local time is ahead of UTC, -840 to 840.
    public init(_ records: MeterRecords, localOffset: Int = 0) {
        precondition((-840...840).contains(localOffset), "local time is at most 14 hours from UTC")
        self.records = records
        self.localOffset = localOffset
    }

    /// The unit of 1000 of a record's quantity: kWh, or m3 for gas and water.
    public var unit: String { isEnergy ? "kWh" : "m3" }

    /// The unit of a record's quantity: Wh, or l for gas and water.
    public var smallUnit: String { isEnergy ? "Wh" : "l" }

    var isEnergy: Bool { records.meter.kind == .electricMeter || records.meter.kind == .heatMeter }

    /// Seconds by which the meter's clock was ahead of the host's at its last reading; nil if it was never read.
    public var clockAhead: Int64? {
        guard let record = records.clock, let read = record.clock else { return nil }
        return Int64((record.target ?? read).rawValue) - Int64(record.time.rawValue)
    }

    /// The local date and time of a record with the time zone, in ISO 8601 form: `2026-01-05T01:00:00+01:00`.
    public func localDateTime(of time: Timestamp) -> String {
        let local = Timestamp(rawValue: UInt32(clamping: Int(time.rawValue) + localOffset * 60))
        return local.dateTime.dropLast() + offsetText
    }

    /// The average day: the quantity of each local hour, 24 of them, averaged over the days that have it.
    public var averageDay: [Double] {
        averageHours.map { $0 ?? 0 }
    }

    /// The same; nil for an hour that no day has.
    var averageHours: [Double?] {
        var sums = [Double](repeating: 0, count: 24)
        var counts = [Double](repeating: 0, count: 24)
        for record in records.hours {
            let hour = ((Int(record.start.rawValue) / 60 + localOffset + 1440) / 60) % 24
            sums[hour] += Double(record.quantity)
            counts[hour] += 1
        }
        return zip(sums, counts).map { $1 == 0 ? nil : $0 / $1 }
    }

    /// The tampering events, oldest first.
    public var tampering: [EventRecord] { records.events.filter(\.isTamper) }
}
