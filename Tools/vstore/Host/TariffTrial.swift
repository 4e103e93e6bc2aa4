import HeadEnd
import Meter
import Records
import ValueProtocol

/// What a meter's recorded hours would have cost under a tariff table, beside what they cost.
struct TariffTrial: Sendable {
    let meter: PartyID
    let hours: Int
    let from: Timestamp
    let to: Timestamp
    /// Wh, or litres.
    let quantity: UInt64
    /// As the meter recorded it.
    let spent: Amount
    /// Under the table; nil where it is more than an amount holds.
    let cost: Amount?

    /// - Parameters:
    ///   - hours: as the meter recorded them.
    ///   - calendar: of the meter's place; its holidays are Sundays to the table.
    init(_ meter: PartyID, _ hours: [UseRecord], under table: TariffTable, _ calendar: LocalCalendar) {
        self.meter = meter
        self.hours = hours.count
        from = hours.first?.start ?? Timestamp(rawValue: 0)
        to = hours.last?.start ?? Timestamp(rawValue: 0)
        quantity = hours.reduce(0) { $0 + UInt64($1.quantity) }
        spent = Amount(rawValue: hours.reduce(0) { $0 &+ $1.spent.rawValue })
        // An hour is taken as used evenly over its minutes: percent of each minute, of 60, of the price of 1000.
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

    /// By how many percent it would cost more; below 0 less. Nil where nothing was spent.
    var change: Double? {
        guard let cost, spent > .zero else { return nil }
        return (Double(cost.rawValue) / Double(spent.rawValue) - 1) * 100
    }

    private var changeText: String? {
        change.map { change in
            let tenths = Int((change * 10).rounded())
            return (tenths < 0 ? "-" : "+") + "\(abs(tenths) / 10).\(abs(tenths) % 10) %"
        }
    }

    var json: JSONValue {
        [
            "eid": .text("\(meter)"), "hours": .number(hours), "from": .number(Int(from.rawValue)),
            "to": .number(Int(to.rawValue)), "quantity": .number(Int(clamping: quantity)), "spent": .text("\(spent)"),
            "cost": JSONValue(cost), "change": JSONValue(changeText),
        ]
    }

    var row: [String] {
        ["\(meter)", "\(hours)", "\(quantity)", "\(spent)", cost.map { "\($0)" } ?? "too much", changeText ?? ""]
    }
}

extension TariffTable {
    /// The percent of every minute of a week, from Monday's first.
    fileprivate var week: [UInt16] {
        // 1970-01-05 was a Monday.
        (0..<7 * 1440).map { percent(at: Timestamp(rawValue: UInt32(4 * 1440 + $0) * 60)) }
    }
}
