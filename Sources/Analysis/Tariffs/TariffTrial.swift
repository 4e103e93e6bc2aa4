public import Meter
public import ValueProtocol

/// The cost of a meter's recorded hours under a tariff table, compared with their actual cost.
///
/// Records hold whole Wh or litres per hour, and use is assumed to be even over the hour: the trial differs from what a
/// meter counts by less than one of them at each switch of the rate, and where the rate switches within an hour.
public struct TariffTrial: Sendable, Hashable {
    public let meter: PartyID
    /// The number of recorded hours.
    public let hours: Int
    /// The start of the first hour; 1970 if there is none.
    public let from: Timestamp
    /// The start of the last hour; 1970 if there is none.
    public let to: Timestamp
    /// Wh of an electric or heat meter, otherwise litres.
    public let quantity: UInt64
    /// The actual cost of the hours, as recorded by the meter.
    public let spent: Amount
    /// Their cost under the table; nil if it exceeds the maximum amount.
    public let cost: Amount?

    /// - Parameters:
    ///   - meter: whose hours they are.
    ///   - hours: as the meter recorded them, oldest first.
    ///   - table: the tariff to try.
    ///   - calendar: of the meter's location; its holidays have a Sunday's rates.
    public init(_ meter: PartyID, _ hours: [UsageRecord], under table: TariffTable, _ calendar: LocalCalendar) {
        self.meter = meter
        self.hours = hours.count
        from = hours.first?.start ?? Timestamp(rawValue: 0)
        to = hours.last?.start ?? Timestamp(rawValue: 0)
        quantity = hours.reduce(0) { $0 + UInt64($1.quantity) }
        spent = Amount(rawValue: hours.reduce(0) { $0 &+ $1.spent.rawValue })
        // Percentages summed over 60 minutes, and a price per 1000.
        let week = table.week
        var sum: UInt128 = 0
        for hour in hours {
            let percents = (0..<60 as Range<UInt32>).reduce(UInt128(0)) { percents, minute in
                let moment = calendar.moment(at: Timestamp(rawValue: hour.start.rawValue &+ minute * 60))
                return percents + UInt128(week[moment.rateDay * 1440 + moment.minute])
            }
            sum += UInt128(hour.quantity) * percents * UInt128(table.price.rawValue)
        }
        cost = UInt64(exactly: sum / 6_000_000).map { Amount(rawValue: $0) }
    }

    /// Hours from the first to the last without a record, which are in neither cost.
    public var missingHours: Int { max(0, (Int(to.rawValue) - Int(from.rawValue)) / 3600 + 1 - hours) }

    /// The change of cost in percent; negative if lower. Nil if nothing was spent, or `cost` is nil.
    public var change: Double? {
        guard let cost, spent > .zero else { return nil }
        return (Double(cost.rawValue) / Double(spent.rawValue) - 1) * 100
    }
}

extension TariffTable {
    /// The percentage of every minute of a week, from the first of Monday.
    fileprivate var week: [UInt16] {
        // 1970-01-05 was a Monday.
        (0..<7 * 1440).map { percent(at: Timestamp(rawValue: UInt32(4 * 1440 + $0) * 60)) }
    }
}
