import Host
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

    /// - Parameter offset: minutes that the meter's local time is ahead of UTC.
    init(_ meter: PartyID, _ hours: [UseRecord], under table: TariffTable, offset: Int) {
        self.meter = meter
        self.hours = hours.count
        from = hours.first?.start ?? Timestamp(rawValue: 0)
        to = hours.last?.start ?? Timestamp(rawValue: 0)
        quantity = hours.reduce(0) { $0 + UInt64($1.quantity) }
        spent = Amount(rawValue: hours.reduce(0) { $0 &+ $1.spent.rawValue })
        // An hour is taken as used evenly over its minutes: percent of each minute, of 60, of the price of 1000.
        var sum: UInt128 = 0
        for hour in hours {
            let percents = (0..<60 as Range<UInt32>).reduce(UInt128(0)) {
                $0 + UInt128(table.percent(at: Timestamp(rawValue: hour.start.rawValue &+ $1 * 60), offset: offset))
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
