internal import Metrology
internal import ValueElement
public import ValueProtocol

/// What an electric meter charges by at present, as its display and its pages show it.
public struct ElectricCharges: Sendable, Hashable {
    /// The id of the table or rules in force; 0 before the first.
    public let inForce: UInt16
    /// The register that counts: 1 to 16.
    public let rate: UInt8
    /// Micro-units per kWh now, of each channel, by rate and block.
    public let prices: [Amount]
    /// Wh used in this local month.
    public let monthUse: UInt64
    /// Nil where prices do not depend on the month's use.
    public let block: Block?
    public let standingCharge: SupplyRules.StandingCharge?
    /// Percent of each credit that repays debt.
    public let debtShare: UInt8
    /// Nil if no other rate follows.
    public let next: Change?
    /// The whole days for which value lasts at the use of the last seven complete days; nil if they had none.
    public let daysLeft: Int?

    /// A block of the month's use.
    public struct Block: Sendable, Hashable {
        /// The one that is reached, counted from 1.
        public let reached: Int
        /// How many there are, the one from 0 included.
        public let count: Int

        package init(reached: Int, count: Int) {
            self.reached = reached
            self.count = count
        }
    }

    /// A change of the rate.
    public struct Change: Sendable, Hashable {
        public let time: Timestamp
        /// The minute of the local day, 0 to 1439.
        public let localMinute: Int
        /// Micro-units per kWh of the first channel from then on, in the block reached now.
        public let price: Amount
    }
}

extension ElectricMeter {
    /// What it charges by at present. It looks for the next change of the rate day by day: ask when somebody looks.
    public var charges: ElectricCharges {
        let month = registers.monthQuantity
        let blocks = terms.system.rules?.blocks ?? []
        let wattHours = month / UInt64(Energy.microjoulesPerWattHour)
        return ElectricCharges(
            inForce: terms.isBuiltIn ? 0 : terms.system.id, rate: terms.rate,
            prices: terms.prices.map { $0.price(monthQuantity: month) }, monthUse: wattHours,
            block: blocks.isEmpty
                ? nil
                : ElectricCharges.Block(
                    reached: 1 + blocks.count { UInt64($0.above) < wattHours }, count: blocks.count + 1),
            standingCharge: terms.standingCharge, debtShare: terms.system.debtShare,
            next: registers.isTimeUnknown ? nil : nextChange(month), daysLeft: daysLeft)
    }

    private func nextChange(_ month: UInt64) -> ElectricCharges.Change? {
        guard let next = terms.nextChange(after: parts.clock.now) else { return nil }
        return ElectricCharges.Change(
            time: next.start, localMinute: terms.localMinute(at: next.start),
            price: terms.price(at: next, monthQuantity: month))
    }

    private var daysLeft: Int? {
        let today = registers.open[.days].start
        let days = log.usage(.days, from: Timestamp(rawValue: 0), to: today).filter { $0.start < today }.suffix(7)
        let spent = days.reduce(UInt128.zero) { $0 + UInt128($1.spent.rawValue) }
        guard spent > 0 else { return nil }
        let value = UInt128(purse?.balance.rawValue ?? 0) + UInt128(registers.remaining.rawValue)
        return Int(clamping: value * UInt128(days.count) / spent)
    }
}
