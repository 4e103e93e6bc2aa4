public import HeadEnd
internal import Records
public import ValueProtocol

/// What a meter's records come to: units, the average day and charts.
public struct MeterReport: Sendable {
    /// What the report is made from.
    public let records: MeterRecords
    /// Minutes that the meter's local time is ahead of UTC.
    public let localOffset: Int

    /// - Parameters:
    ///   - records: of one meter.
    ///   - localOffset: minutes that the meter's local time is ahead of UTC, -840 to 840.
    public init(_ records: MeterRecords, localOffset: Int = 0) {
        self.records = records
        self.localOffset = localOffset
    }

    /// What 1000 units of a record's quantity are: kWh, or m3 for gas and water.
    public var unit: String { isEnergy ? "kWh" : "m3" }

    /// What one unit of a record's quantity is: Wh, or l for gas and water.
    public var smallUnit: String { isEnergy ? "Wh" : "l" }

    private var isEnergy: Bool { records.meter.kind == .electricMeter || records.meter.kind == .heatMeter }

    /// How far the meter's clock was ahead of the host's at its last reading, in seconds; nil where it was never read.
    public var clockAhead: Int64? {
        guard let record = records.clock, let read = record.clock else { return nil }
        return Int64((record.target ?? read).rawValue) - Int64(record.time.rawValue)
    }

    /// The local date and time of a record, as ISO 8601 writes it.
    public func localDateTime(of time: Timestamp) -> String {
        Timestamp(rawValue: UInt32(clamping: Int(time.rawValue) + localOffset * 60)).dateTime
    }

    /// The average day: the quantity of each local hour, 24 of them, averaged over the days that have it.
    public var averageDay: [Double] {
        var sums = [Double](repeating: 0, count: 24)
        var counts = [Double](repeating: 0, count: 24)
        for record in records.hours {
            let hour = ((Int(record.start.rawValue) / 60 + localOffset + 1440) / 60) % 24
            sums[hour] += Double(record.quantity)
            counts[hour] += 1
        }
        return zip(sums, counts).map { $1 == 0 ? 0 : $0 / $1 }
    }

    /// The events that tell of tampering, oldest first.
    public var tampering: [EventRecord] { records.events.filter(\.isTamper) }
}
