/// What a meter charges and allows (protocol §10): prices by season, day and hour, by source and by the month's use, a
/// standing charge, how debt is repaid, and when there is supply without value.
///
/// A value is always valid: ``init(id:effective:currency:zone:holidays:seasons:profiles:rates:sources:blocks:standingCharge:debtShare:credit:)``
/// and ``init(_:)`` check the same. The host makes rules, sends their ``bytes`` in parts by CONVERT RULES or in a letter,
/// and prices use by them as the meter does.
public struct SupplyRules: Sendable, Hashable {
    /// Above 0.
    public let id: UInt16
    /// When they come into force.
    public let effective: Timestamp
    public let currency: Currency
    /// Nil: local time is UTC.
    public let zone: Zone?
    public let holidays: [Holiday]
    /// In the order of their beginnings. None: every hour is rate 1 at 100 %.
    public let seasons: [Season]
    public let profiles: [DayProfile]
    public let rates: [Rate]
    /// At least one.
    public let sources: [Source]
    /// In ascending order of their bounds.
    public let blocks: [Block]
    public let standingCharge: StandingCharge?
    /// Percent of each credit that repays debt, 0 to 100; nil: 100.
    public let debtShare: UInt8?
    /// Nil: no emergency credit, no warning, no friendly times, no limit.
    public let credit: CreditTerms?
    /// An object of holidays without any says what none says, in two bytes more.
    let hasEmptyHolidayList: Bool

    /// The longest encoded form, in bytes.
    public static let maxByteCount = 2000
    /// Of a price of a source, in micro-units per kWh or m³.
    public static let maxPrice = Amount(rawValue: 1_000_000_000_000)
    /// Of a rate or block, in percent of the price.
    public static let maxPercent: UInt16 = 1000

    /// - Parameters:
    ///   - id: above 0; the host's name for these rules.
    ///   - effective: when they come into force; at once if that has passed.
    ///   - currency: that of the meter's purse.
    ///   - zone: offset and summer time; nil for UTC.
    ///   - holidays: days with a profile of their own, and with friendly times of their own.
    ///   - seasons: ascending by month and day.
    ///   - profiles: each with its own number.
    ///   - rates: each with its own number, 1 to 16.
    ///   - sources: one for each channel of the meter, at least one.
    ///   - blocks: ascending by their bounds.
    ///   - standingCharge: taken once for each local date or month that begins.
    ///   - debtShare: percent of each credit that repays debt, 0 to 100; nil for all of it.
    ///   - credit: when there is supply without value, and how much.
    /// - Throws: `SupplyRulesError`, with the field that is wrong.
    public init(
        id: UInt16, effective: Timestamp, currency: Currency, zone: Zone? = nil, holidays: [Holiday] = [],
        seasons: [Season] = [], profiles: [DayProfile] = [], rates: [Rate] = [], sources: [Source],
        blocks: [Block] = [], standingCharge: StandingCharge? = nil, debtShare: UInt8? = nil,
        credit: CreditTerms? = nil
    ) throws(SupplyRulesError) {
        try self.init(
            id: id, effective: effective, currency: currency, zone: zone, holidays: holidays, seasons: seasons,
            profiles: profiles, rates: rates, sources: sources, blocks: blocks, standingCharge: standingCharge,
            debtShare: debtShare, credit: credit, hasEmptyHolidayList: false)
    }

    init(
        id: UInt16, effective: Timestamp, currency: Currency, zone: Zone?, holidays: [Holiday], seasons: [Season],
        profiles: [DayProfile], rates: [Rate], sources: [Source], blocks: [Block], standingCharge: StandingCharge?,
        debtShare: UInt8?, credit: CreditTerms?, hasEmptyHolidayList: Bool
    ) throws(SupplyRulesError) {
        self.id = id
        self.effective = effective
        self.currency = currency
        self.zone = zone
        self.holidays = holidays
        self.seasons = seasons
        self.profiles = profiles
        self.rates = rates
        self.sources = sources
        self.blocks = blocks
        self.standingCharge = standingCharge
        self.debtShare = debtShare
        self.credit = credit
        self.hasEmptyHolidayList = hasEmptyHolidayList
        try validate()
    }

    /// The first channel without a source, of a meter with channels 0 to `channelCount` − 1; such a meter refuses the
    /// rules. Nil if all have one.
    public func firstChannelWithoutSource(channelCount: Int) -> Int? {
        (0..<channelCount).first { channel in !sources.contains { Int($0.channel) == channel } }
    }
}
