internal import ValueProtocol

/// What a meter charges by at a moment: looked up when it changes, used for every step of use.
struct ChargeTerms {
    /// Rules or a table in force; before the first, the price with which the meter was made.
    let system: ChargeSystem
    /// Whether nothing was ever in force.
    let isBuiltIn: Bool
    /// Local date and rate at the moment.
    private(set) var period: RatePeriod
    /// The register that counts: 1 to 16.
    private(set) var rate: UInt8 = 1
    /// Of the price, by the rate.
    private(set) var percent: UInt16 = 100
    /// Of the price, by the angle between voltage and current; nil where no angle counts.
    private(set) var anglePercent: UInt16?
    /// Of each channel.
    private(set) var prices: [BlockPrices] = []
    /// What is paid for energy given back, of each channel; nil where nothing is.
    private(set) var pricesGivenBack: [BlockPrices?] = []
    private let meter: Meter
    private let schedule: TariffSchedule
    private let friendly: FriendlySchedule?
    private var isTimeKnown = true

    /// What the meter itself brings.
    struct Meter: Equatable {
        /// Micro-units per kWh or m³ until the first table or rules.
        var price: Amount
        /// For tables, which have no calendar of their own.
        var calendar: LocalCalendar
        var channels = 1
        /// How many units of quantity make a kWh or m³.
        var unitsPerThousand: UInt64
        /// Whether the angle between voltage and current counts.
        var hasAngle = false
    }

    /// - Parameters:
    ///   - system: in force; nil before the first.
    ///   - meter: that charges by it.
    ///   - now: by the meter's clock.
    init(_ system: ChargeSystem?, _ meter: Meter, at now: Timestamp) {
        self.meter = meter
        isBuiltIn = system == nil
        self.system =
            system ?? .table(ChargeTerms.builtIn(price: meter.price), effective: Timestamp(rawValue: 0))
        schedule = self.system.schedule(tableCalendar: SupplyCalendar(meter.calendar))
        friendly = self.system.rules.map { FriendlySchedule($0) }
        period = schedule.period(at: now)
        (rate, percent) = (period.rate, period.percent)
        if meter.hasAngle { anglePercent = 100 }
        setPrices()
    }

    /// A flat table, whose number and currency nobody reads.
    private static func builtIn(price: Amount) -> TariffTable {
        guard let table = TariffTable(id: 1, price: price, currency: Currency(rawValue: 0)) else {
            preconditionFailure("a flat table has no entries")
        }
        return table
    }

    /// Whether these are the terms of what is in force.
    func isOf(_ system: ChargeSystem?, _ meter: Meter) -> Bool {
        self.meter == meter && (system.map { !isBuiltIn && $0 == self.system } ?? isBuiltIn)
    }

    /// Goes on to a moment. While the time is not known, use costs the base price.
    mutating func advance(to now: Timestamp, isTimeKnown: Bool) {
        guard !period.contains(now) || isTimeKnown != self.isTimeKnown else { return }
        self.isTimeKnown = isTimeKnown
        period = schedule.period(at: now)
        let (rate, percent) = isTimeKnown ? (period.rate, period.percent) : (1, 100)
        guard rate != self.rate || percent != self.percent else { return }
        (self.rate, self.percent) = (rate, percent)
        setPrices()
    }

    /// Sets the percentage by the angle between voltage and current.
    mutating func setAngle(percent: UInt16) {
        guard meter.hasAngle, percent != anglePercent else { return }
        anglePercent = percent
        setPrices()
    }

    private mutating func setPrices() {
        prices = (0..<meter.channels).map { channel in
            // A table has one price for all. Rules without a source for a channel are refused; it is never free.
            system.prices(
                channel: source(channel) == nil ? 0 : channel, percent: percent,
                unitsPerThousand: meter.unitsPerThousand, anglePercent: anglePercent)
                ?? BlockPrices(price: meter.price, percent: 100, unitsPerThousand: meter.unitsPerThousand)
        }
        pricesGivenBack = (0..<meter.channels).map { channel in
            source(channel)?.priceGivenBack.map { price in
                BlockPrices(price: price, percent: 100, unitsPerThousand: meter.unitsPerThousand)
            }
        }
    }

    private func source(_ channel: Int) -> SupplyRules.Source? {
        system.rules?.sources.first { Int($0.channel) == channel }
    }

    /// The local date, in days since 1970-01-01.
    func dayNumber(at time: Timestamp) -> Int {
        period.contains(time) ? period.dayNumber : schedule.period(at: time).dayNumber
    }

    // MARK: What it costs

    /// Micro-units per kWh or m³ of a channel at 100 %.
    func basePrice(_ channel: Int = 0) -> Amount {
        switch system {
        case .rules: source(channel)?.price ?? meter.price
        case .table(let table, _): table.price
        }
    }

    /// Whether the next use of every channel costs nothing: at a free rate, or in a free block of the month.
    func isFree(monthQuantity: UInt64) -> Bool {
        anglePercent == 0 || prices.allSatisfy { $0.price(monthQuantity: monthQuantity &+ 1) == .zero }
    }

    /// The greatest step of any channel that costs no more than `left`; nil if there is no such limit.
    func affordable(_ left: Amount, monthQuantity: UInt64, after remainder: UInt64) -> UInt64? {
        let most = prices.map { $0.affordable(left, monthQuantity: monthQuantity, after: remainder) }.min() ?? .max
        return most == .max ? nil : most
    }

    /// The rate that follows, and when; nil if none does.
    func nextChange(after now: Timestamp) -> RatePeriod? { schedule.nextChange(after: now) }

    /// The minute of the local day.
    func localMinute(at time: Timestamp) -> Int { schedule.calendar.localTime(at: time).minute }

    /// What a kWh of the first channel costs in another period.
    func price(at period: RatePeriod, monthQuantity: UInt64) -> Amount {
        system.prices(channel: 0, percent: period.percent, unitsPerThousand: meter.unitsPerThousand)?
            .price(monthQuantity: monthQuantity) ?? basePrice()
    }

    // MARK: What it allows

    /// Of rules in force; nil where a table or the meter itself says what is allowed.
    var credit: SupplyRules.CreditTerms?? { system.rules.map { $0.credit } }

    var standingCharge: SupplyRules.StandingCharge? { system.rules?.standingCharge }

    /// Whether supply goes on without value; nil where the meter itself says it.
    func isFriendly(at now: Timestamp) -> Bool? { friendly.map { isTimeKnown && $0.isFriendly(at: now) } }
}

extension SupplyCalendar {
    /// A meter's own calendar.
    init(_ calendar: LocalCalendar) {
        self.init(
            zone: SupplyRules.Zone(offset: calendar.offset),
            holidays: calendar.holidays.map { holiday in
                switch holiday {
                case .yearly(let month, let day): SupplyRules.Holiday(month: UInt8(month), day: UInt8(day))
                case .once(let date):
                    SupplyRules.Holiday(
                        month: UInt8(date.month), day: UInt8(date.day), year: UInt16(clamping: date.year))
                }
            })
    }
}
