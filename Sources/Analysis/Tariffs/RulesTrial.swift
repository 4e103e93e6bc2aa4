public import ValueProtocol

/// The cost of a meter's recorded hours under supply rules (protocol §10), compared with their actual cost.
///
/// Records hold whole Wh or litres per hour of all sources together: they are priced as source 0, and taken as used evenly
/// over the hour. The trial differs from what a meter counts where a rate, a block or a month changes within an hour, and
/// by less than one Wh or litre for each hour.
public struct RulesTrial: Sendable, Hashable {
    public let meter: PartyID
    /// The number of recorded hours.
    public let hours: Int
    /// The start of the first hour; 1970 if there is none.
    public let from: Timestamp
    /// The start of the last hour; 1970 if there is none.
    public let to: Timestamp
    /// Wh of an electric or heat meter, otherwise litres.
    public let quantity: UInt64
    /// The actual cost of the hours, as recorded by the meter, less what was paid for energy given back.
    public let spent: Int64
    /// What use would cost, in micro-units; nil if that exceeds 64 bits.
    public let useCost: Int64?
    /// The standing charges of the local dates or months that begin after the first hour, until the last.
    public let standingCharges: Amount
    /// What would be paid for energy given back.
    public let paid: Amount

    /// - Parameters:
    ///   - meter: whose hours they are.
    ///   - hours: as the meter recorded them, oldest first.
    ///   - givenBack: hours of energy given back.
    ///   - rules: to try.
    public init(_ meter: PartyID, _ hours: [UsageRecord], givenBack: [UsageRecord] = [], under rules: SupplyRules) {
        self.meter = meter
        self.hours = hours.count
        from = hours.first?.start ?? Timestamp(rawValue: 0)
        to = hours.last?.start ?? Timestamp(rawValue: 0)
        quantity = hours.reduce(0) { $0 + UInt64($1.quantity) }
        spent = hours.reduce(0) { $0 &+ $1.money } &- givenBack.reduce(0) { $0 &+ $1.money }
        var pricing = HourPricing(rules)
        for hour in hours { pricing.count(hour) }
        useCost = pricing.useCost
        standingCharges = pricing.standingCharges
        paid = RulesTrial.paid(for: givenBack, under: rules)
    }

    /// What everything would cost, in micro-units; nil if that exceeds 64 bits.
    public var cost: Int64? {
        guard let useCost, let standing = Int64(exactly: standingCharges.rawValue),
            let paid = Int64(exactly: paid.rawValue)
        else { return nil }
        let (sum, overflow) = useCost.addingReportingOverflow(standing)
        return overflow ? nil : sum - paid
    }

    /// The change of cost in percent; negative if lower. Nil if nothing was spent, or `cost` is nil.
    public var change: Double? {
        guard let cost, spent > 0 else { return nil }
        return (Double(cost) / Double(spent) - 1) * 100
    }

    /// Hours from the first to the last without a record, which are in neither cost.
    public var missingHours: Int { max(0, (Int(to.rawValue) - Int(from.rawValue)) / 3600 + 1 - hours) }

    private static func paid(for givenBack: [UsageRecord], under rules: SupplyRules) -> Amount {
        guard let price = rules.sources.first(where: { $0.channel == 0 })?.priceGivenBack else { return .zero }
        let quantity = givenBack.reduce(UInt64.zero) { $0 + UInt64($1.quantity) }
        return BlockPrices(price: price, percent: 100).cost(of: quantity, monthQuantity: 0, after: 0).amount
    }
}

extension UsageRecord {
    fileprivate var money: Int64 { Int64(clamping: spent.rawValue) }
}

/// Prices hours, each in the pieces in which its rate is the same.
private struct HourPricing {
    private(set) var useCost: Int64? = 0
    private(set) var standingCharges = Amount.zero
    private let system: ChargeSystem
    private let schedule: TariffSchedule
    private let standingCharge: SupplyRules.StandingCharge?
    private var dates = StandingCharges()
    private var months = MonthlyUse()
    private var remainder: UInt64 = 0
    private var period: RatePeriod?
    private var prices: [UInt16: BlockPrices] = [:]

    /// Quantities are in Wh or litres times seconds of an hour, so that even use divides exactly.
    private static let secondsPerHour: UInt64 = 3600

    init(_ rules: SupplyRules) {
        system = .rules(rules)
        schedule = TariffSchedule(rules)
        standingCharge = rules.standingCharge
    }

    mutating func count(_ hour: UsageRecord) {
        var (time, left) = (hour.start, HourPricing.secondsPerHour)
        while left > 0 {
            let period = self.period.flatMap { $0.contains(time) ? $0 : nil } ?? schedule.period(at: time)
            self.period = period
            let due = dates.advance(to: period.dayNumber, under: standingCharge)
            standingCharges = standingCharges.adding(due.amount) ?? .all
            let seconds = min(left, max(1, UInt64(period.end.rawValue &- time.rawValue)))
            use(UInt64(hour.quantity) * seconds, in: period)
            left -= seconds
            time = Timestamp(rawValue: time.rawValue &+ UInt32(seconds))
        }
    }

    private mutating func use(_ quantity: UInt64, in period: RatePeriod) {
        let month = period.monthNumber
        let price = prices(period.percent)
        let cost = price.cost(of: quantity, monthQuantity: months[month], after: remainder)
        months.add(quantity, toMonth: month)
        remainder = cost.remainder
        guard let amount = Int64(exactly: cost.amount.rawValue), let useCost else {
            self.useCost = nil
            return
        }
        let (sum, overflow) = useCost.addingReportingOverflow(amount)
        self.useCost = overflow ? nil : sum
    }

    private mutating func prices(_ percent: UInt16) -> BlockPrices {
        if let known = prices[percent] { return known }
        let made =
            system.prices(channel: 0, percent: percent, unitsPerThousand: 1000 * HourPricing.secondsPerHour)
            ?? BlockPrices(price: .zero, percent: 100)
        prices[percent] = made
        return made
    }
}
