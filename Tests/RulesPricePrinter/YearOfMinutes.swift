import ValueProtocol

/// A meter's year by rules: from 2026-02-28 00:00 UTC on, minute by minute, each on one channel after the other.
///
/// Minute m uses (31 m² + 7 m) mod 91 Wh. The use and money of a minute count in the local month of its beginning.
struct YearOfMinutes {
    private static let start: UInt32 = 1_772_236_800
    private static let minuteCount: UInt32 = 366 * 1440

    private struct Month {
        var quantity: UInt64 = 0
        var spent: UInt64 = 0
        var standing: UInt64 = 0
        var rates: [UInt8: UInt64] = [:]
    }

    private var months: [Int: Month] = [:]

    init(_ rules: SupplyRules) {
        let (schedule, system) = (TariffSchedule(rules), ChargeSystem.rules(rules))
        var use = MonthlyUse()
        var remainder: UInt64 = 0
        var period = schedule.period(at: Timestamp(rawValue: Self.start))
        var charges = StandingCharges(day: period.dayNumber)
        var prices: [BlockPrices] = []
        for minute in 0..<Self.minuteCount {
            let time = Timestamp(rawValue: Self.start + minute * 60)
            if minute == 0 || !period.contains(time) {
                period = schedule.period(at: time)
                prices = rules.sources.compactMap { system.prices(channel: Int($0.channel), percent: period.percent) }
                let due = charges.advance(to: period.dayNumber, under: rules.standingCharge)
                months[period.monthNumber, default: Month()].standing += due.amount.rawValue
            }
            let wide = UInt64(minute)
            let step = (31 * wide * wide + 7 * wide) % 91
            let cost = prices[Int(minute) % prices.count].cost(
                of: step, monthQuantity: use[period.monthNumber], after: remainder)
            remainder = cost.remainder
            use.add(step, toMonth: period.monthNumber)
            months[period.monthNumber, default: Month()].quantity += step
            months[period.monthNumber, default: Month()].spent += cost.amount.rawValue
            months[period.monthNumber, default: Month()].rates[period.rate, default: 0] += cost.amount.rawValue
        }
    }

    /// `[[month since January of year 0, quantity, money, standing charges, {"rate": money}], …]`
    var json: String {
        let lines = months.sorted { $0.key < $1.key }.map { number, month in
            let rates = month.rates.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }
            return
                "[\(number), \(month.quantity), \(month.spent), \(month.standing), {\(rates.joined(separator: ", "))}]"
        }
        return "[\(lines.joined(separator: ", "))]"
    }
}
