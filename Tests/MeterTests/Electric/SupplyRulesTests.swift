import CardCrypto
import Meter
import Metrology
import TestSupport
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// What an electric meter charges by rules (protocol §10); every sum is worked out by hand beside it.
@Suite struct SupplyRulesTests {
    /// 2026-01-05, a Monday, 00:00 UTC.
    private static let monday = ElectricWorld.monday

    /// A kWh for 0.30 at 100 %, with what a test adds.
    static func rules(
        id: UInt16 = 1, effective: UInt32 = 1, zone: SupplyRules.Zone? = nil,
        holidays: [SupplyRules.Holiday] = [], seasons: [SupplyRules.Season] = [],
        profiles: [SupplyRules.DayProfile] = [], rates: [SupplyRules.Rate] = [], price: UInt64 = 300_000,
        sources: [SupplyRules.Source]? = nil, blocks: [SupplyRules.Block] = [],
        standingCharge: SupplyRules.StandingCharge? = nil, debtShare: UInt8? = nil,
        credit: SupplyRules.CreditTerms? = nil
    ) throws -> SupplyRules {
        try SupplyRules(
            id: id, effective: Timestamp(rawValue: effective), currency: .euro, zone: zone, holidays: holidays,
            seasons: seasons, profiles: profiles, rates: rates,
            sources: sources ?? [SupplyRules.Source(channel: 0, price: Amount(rawValue: price))], blocks: blocks,
            standingCharge: standingCharge, debtShare: debtShare, credit: credit)
    }

    /// Central Europe's time.
    static let berlin = SupplyRules.Zone(
        offset: 60,
        summer: SupplyRules.SummerTime(
            shift: 60, first: SupplyRules.YearlyMoment(month: 3, week: 5, weekday: 6, minute: 120),
            last: SupplyRules.YearlyMoment(month: 10, week: 5, weekday: 6, minute: 120)))

    /// From 7:00 on rate 2 at 150 %, from 22:00 on rate 1 at 50 %; on holidays rate 3 at 0 %.
    static func dayAndNight(
        zone: SupplyRules.Zone?, holidays: [SupplyRules.Holiday] = [], standingCharge: SupplyRules.StandingCharge? = nil
    ) throws -> SupplyRules {
        try rules(
            zone: zone, holidays: holidays,
            seasons: [SupplyRules.Season(month: 1, day: 1, profiles: [1, 1, 1, 1, 1, 1, 1, 2])],
            profiles: [
                SupplyRules.DayProfile(
                    number: 1,
                    entries: [
                        .init(minute: 0, rate: 1), .init(minute: 420, rate: 2), .init(minute: 1320, rate: 1),
                    ]),
                SupplyRules.DayProfile(number: 2, entries: [.init(minute: 0, rate: 3)]),
            ],
            rates: [.init(number: 1, percent: 50), .init(number: 2, percent: 150), .init(number: 3, percent: 0)],
            standingCharge: standingCharge)
    }

    private func spent(_ world: ElectricWorld) -> UInt64 { world.meter.reading.spent.rawValue }

    // MARK: Time and rates

    @Test func `a day in local time costs what its rates say, each in a register of its own`() throws {
        // 2026-01-05 from 00:00 to 24:00 local time is from 23:00 UTC on the day before.
        let world = try ElectricWorld(
            value: 100_000_000, rules: [try Self.dayAndNight(zone: Self.berlin)], from: Self.monday - 3600)
        try world.pass(minutes: 1440)
        // At 1 kW: 9 h × 0.15 + 15 h × 0.45 = 1.35 + 6.75.
        #expect(spent(world) == 8_100_000)
        let kWh: UInt64 = 3_600_000_000_000
        #expect(
            world.meter.reading.rates == [
                RateRegister(rate: 1, microjoules: 9 * kWh, spent: Amount(rawValue: 1_350_000)),
                RateRegister(rate: 2, microjoules: 15 * kWh, spent: Amount(rawValue: 6_750_000)),
            ])
        #expect(world.isBalanced)
    }

    @Test func `the day on which summer time ends has 25 hours, of which the night has ten`() throws {
        // 2026-10-25 00:00 in Berlin is 22:00 UTC on the day before.
        let begin: UInt32 = 1_792_879_200
        let world = try ElectricWorld(value: 100_000_000, rules: [try Self.dayAndNight(zone: Self.berlin)], from: begin)
        try world.pass(minutes: 25 * 60)
        // 10 h × 0.15 + 15 h × 0.45.
        #expect(spent(world) == 8_250_000)
    }

    @Test func `a change of rules in the hour that summer time repeats comes at its moment, not at its local time`()
        throws
    {
        // From 02:00 to 03:00 local time come twice; the second begins at 01:00 UTC.
        let begin: UInt32 = 1_792_879_200
        let change: UInt32 = 1_792_890_000
        let world = try ElectricWorld(
            value: 100_000_000,
            rules: [
                try Self.rules(zone: Self.berlin),
                try Self.rules(id: 2, effective: change, zone: Self.berlin, price: 600_000),
            ], from: begin)
        try world.pass(minutes: 5 * 60)
        // 22:00 to 01:00 UTC at 0.30, 01:00 to 03:00 UTC at 0.60.
        #expect(spent(world) == 900_000 + 1_200_000)
        #expect(world.meter.charges.inForce == 2)
    }

    @Test func `a holiday on which a season begins has that season's rates of holidays`() throws {
        // 2026-01-06 begins a season, and is a holiday.
        let rules = try Self.rules(
            holidays: [SupplyRules.Holiday(month: 1, day: 6, year: 2026)],
            seasons: [
                SupplyRules.Season(month: 1, day: 6, profiles: [2, 2, 2, 2, 2, 2, 2, 3]),
                SupplyRules.Season(month: 7, day: 1, profiles: [1, 1, 1, 1, 1, 1, 1, 1]),
            ],
            profiles: [
                SupplyRules.DayProfile(number: 1, entries: [.init(minute: 0, rate: 1)]),
                SupplyRules.DayProfile(number: 2, entries: [.init(minute: 0, rate: 2)]),
                SupplyRules.DayProfile(number: 3, entries: [.init(minute: 0, rate: 3)]),
            ],
            rates: [.init(number: 1, percent: 100), .init(number: 2, percent: 200), .init(number: 3, percent: 50)])
        let world = try ElectricWorld(value: 100_000_000, rules: [rules])
        try world.pass(minutes: 3 * 1440)
        // Monday 24 × 0.30, the holiday 24 × 0.15, Wednesday 24 × 0.60.
        #expect(spent(world) == 7_200_000 + 3_600_000 + 14_400_000)
    }

    // MARK: Sources and blocks

    @Test func `a block that ends in the middle of a token and of a step divides the step`() throws {
        let rules = try Self.rules(blocks: [.init(above: 1_500, percent: 200), .init(above: 2_000, percent: 50)])
        let world = try ElectricWorld(value: 100_000_000, rules: [rules])
        try world.meter.tick()
        // 1.5 kWh × 0.30 + 0.5 kWh × 0.60 + 1 kWh × 0.15, in one step.
        try world.meter.count([Energy(microjoules: 3 * 3_600_000_000_000)])
        #expect(spent(world) == 450_000 + 300_000 + 150_000)
        #expect(world.meter.charges.block == ElectricCharges.Block(reached: 3, count: 3))
        #expect(world.meter.charges.monthUse == 3_000)
    }

    @Test func `a month's blocks begin anew with the local month, and go on when the clock is set back to it`() throws {
        // 2026-01-31 22:00 UTC is 23:00 in Berlin.
        let begin: UInt32 = 1_769_896_800
        let rules = try Self.rules(zone: Self.berlin, blocks: [.init(above: 1_000, percent: 200)])
        let world = try ElectricWorld(value: 100_000_000, rules: [rules], from: begin)
        try world.pass(hours: 1)
        // 1 kWh in January.
        #expect(spent(world) == 300_000)
        try world.pass(hours: 1)
        // The first kWh of February.
        #expect(spent(world) == 600_000)
        try world.setClock(to: begin)
        try world.pass(minutes: 30)
        // January goes on, in its second block: 0.5 kWh × 0.60.
        #expect(spent(world) == 900_000)
    }

    @Test func `free units of a month flow without value, and end with their block`() throws {
        let rules = try Self.rules(blocks: [.init(above: 0, percent: 0), .init(above: 2_000, percent: 100)])
        let world = try ElectricWorld(value: 0, rules: [rules])
        try world.meter.tick()
        #expect(world.relay.isClosed && world.meter.decision.reason == .freeRate)
        // Two hours at 1 kW are free; with the third supply ends.
        for _ in 0..<180 { try world.minute(watts: 1_000) }
        try world.meter.tick()
        #expect(world.meter.reading.spent == .zero && world.meter.reading.debt == .zero)
        #expect(world.meter.charges.monthUse == 2_000)
        #expect(!world.relay.isClosed && world.meter.decision.reason == .noValue)
    }

    @Test func `mains and generator have a price each`() throws {
        let configuration = ElectricConfiguration(
            channels: 2, price: Amount(rawValue: 9_999_999), rules: CreditRules(token: Amount(rawValue: 100_000)))
        let rules = try Self.rules(sources: [
            .init(channel: 0, price: Amount(rawValue: 300_000)), .init(channel: 1, price: Amount(rawValue: 700_000)),
        ])
        let world = try TwoSourceWorld(configuration, rules)
        try world.meter.tick()
        try world.meter.count([Energy(microjoules: 3_600_000_000_000), Energy(microjoules: 1_800_000_000_000)])
        #expect(world.meter.reading.spent.rawValue == 300_000 + 350_000)
        #expect(world.meter.charges.prices.map(\.rawValue) == [300_000, 700_000])
    }

    // MARK: Standing charge

    private static let aDay = SupplyRules.StandingCharge(amount: Amount(rawValue: 250_000), period: .day)
    private static let aMonth = SupplyRules.StandingCharge(amount: Amount(rawValue: 5_000_000), period: .month)

    @Test func `a month without use costs its standing charges, with and without power`() throws {
        let world = try ElectricWorld(value: 10_000_000, rules: [try Self.rules(standingCharge: Self.aDay)])
        try world.meter.tick()
        for day in 1...20 {
            world.time = Self.monday + UInt32(day) * 86_400
            try world.meter.tick()
        }
        #expect(spent(world) == 20 * 250_000)
        // Ten days without power: the dates began all the same.
        try world.meter.lastGasp()
        world.time += 10 * 86_400
        try world.powerUp()
        #expect(spent(world) == 30 * 250_000)
        #expect(world.meter.reading.value.rawValue == 10_000_000 - 7_500_000)
        // The use of a day is in its record, without a quantity.
        #expect(world.usage(.days).contains { $0.quantity == 0 && $0.spent == 250_000 })
        #expect(world.isBalanced)
    }

    @Test func `a standing charge without value is debt, which grows while supply is off`() throws {
        let world = try ElectricWorld(value: 300_000, rules: [try Self.rules(standingCharge: Self.aDay)])
        try world.meter.tick()
        for day in 1...3 {
            world.time = Self.monday + UInt32(day) * 86_400
            try world.meter.tick()
        }
        #expect(world.meter.reading.debt.rawValue == 3 * 250_000 - 300_000)
        #expect(!world.relay.isClosed)
        #expect(world.isBalanced)
    }

    @Test func `a date that returns is not charged again, and dates that the clock passes over are not charged`() throws
    {
        let world = try ElectricWorld(value: 10_000_000, rules: [try Self.rules(standingCharge: Self.aDay)])
        try world.meter.tick()
        world.time += 86_400
        try world.meter.tick()
        #expect(spent(world) == 250_000)
        // Back to Monday, and into Tuesday again.
        try world.setClock(to: Self.monday + 3600)
        world.time += 86_400
        try world.meter.tick()
        #expect(spent(world) == 250_000)
        // On by nine days: none of them is charged; the next that begins is.
        try world.setClock(to: Self.monday + 10 * 86_400)
        #expect(spent(world) == 250_000)
        world.time += 86_400
        try world.meter.tick()
        #expect(spent(world) == 500_000)
    }

    @Test func `a monthly charge is taken once for each local month`() throws {
        let world = try ElectricWorld(
            value: 100_000_000, rules: [try Self.rules(zone: Self.berlin, standingCharge: Self.aMonth)],
            from: 1_769_896_800 - 3600)
        try world.meter.tick()
        world.time += 3600
        try world.meter.tick()
        #expect(spent(world) == 0)
        // 2026-01-31 23:00 UTC is February in Berlin.
        world.time += 3600
        try world.meter.tick()
        #expect(spent(world) == 5_000_000)
        // Two months later, without power between.
        try world.meter.lastGasp()
        world.time += 60 * 86_400
        try world.powerUp()
        #expect(spent(world) == 15_000_000)
    }

    @Test func `rules that came into force without power charge the dates after them, and those before them theirs`()
        throws
    {
        let world = try ElectricWorld(
            value: 100_000_000,
            rules: [
                try Self.rules(standingCharge: Self.aDay),
                try Self.rules(
                    id: 2, effective: Self.monday + 3 * 86_400,
                    standingCharge: .init(amount: Amount(rawValue: 1_000_000), period: .day)),
                try Self.rules(id: 3, effective: Self.monday + 5 * 86_400),
            ])
        try world.meter.tick()
        try world.meter.lastGasp()
        world.time += 10 * 86_400
        try world.powerUp()
        // Tuesday and Wednesday 0.25 each, Thursday and Friday 1.00 each, nothing from Saturday on.
        #expect(spent(world) == 2 * 250_000 + 2 * 1_000_000)
        #expect(world.meter.charges.inForce == 3)
    }

    // MARK: Energy given back

    @Test func `energy given back is paid where there is a price for it, and recorded with its money`() throws {
        let rules = try Self.rules(sources: [
            .init(channel: 0, price: Amount(rawValue: 300_000), priceGivenBack: Amount(rawValue: 80_000))
        ])
        let world = try ElectricWorld(value: 1_000_000, rules: [rules])
        for _ in 0..<60 {
            try world.meter.tick()
            // 3 kW out.
            try world.meter.count([.zero], exported: [Energy(microjoules: 180_000_000_000)])
            world.time += 60
        }
        // 3 kWh × 0.08.
        #expect(world.meter.reading.paid.rawValue == 240_000)
        #expect(world.meter.reading.value.rawValue == 1_240_000)
        #expect(world.usage(.hoursGivenBack).map(\.spent) == [240_000])
        #expect(world.isBalanced)
        // What was paid buys energy.
        try world.pass(hours: 4)
        #expect(world.meter.reading.value.rawValue == 40_000)
    }

    @Test func `energy given back without a price for it is charged like energy used, and is an event`() throws {
        let world = try ElectricWorld(value: 1_000_000, rules: [try Self.rules()])
        try world.meter.tick()
        try world.meter.count([.zero], exported: [Energy(microjoules: 3_600_000_000_000)])
        #expect(spent(world) == 300_000)
        #expect(world.events.contains { $0.code == .reversalBegins })
    }

    // MARK: Supply

    @Test func `supply returns only by a key where the rules want it`() throws {
        let credit = SupplyRules.CreditTerms(emergency: .zero, warningBelow: .zero, returnsByKey: true)
        let world = try ElectricWorld(value: 0, rules: [try Self.rules(credit: credit)])
        try world.meter.tick()
        #expect(world.meter.decision.reason == .noValue)
        try world.load(1_000_000, htxn: 1)
        #expect(!world.relay.isClosed && world.meter.decision.reason == .waitsForPerson)
        // A power cut does not press a key.
        try world.powerUp()
        #expect(!world.relay.isClosed)
        #expect(try world.meter.acceptSupply())
        #expect(world.relay.isClosed && world.meter.decision.reason == .value)
        // A power cut while it is on leaves it on.
        try world.powerUp()
        #expect(world.relay.isClosed)
        #expect(try !world.meter.acceptSupply())
    }

    @Test func `supply is cut above the limit until less is drawn for a minute`() throws {
        let credit = SupplyRules.CreditTerms(emergency: .zero, warningBelow: .zero, limit: 2_000)
        let world = try ElectricWorld(value: 10_000_000, rules: [try Self.rules(credit: credit)])
        try world.meter.tick()
        try world.meter.limit(watts: [2_000])
        #expect(world.relay.isClosed)
        try world.meter.limit(watts: [2_001])
        #expect(!world.relay.isClosed && world.meter.decision.reason == .limited)
        world.time += 59
        try world.meter.tick()
        #expect(!world.relay.isClosed)
        // It goes on through a welded contact.
        try world.meter.limit(watts: [2_500])
        world.time += 59
        try world.meter.tick()
        #expect(!world.relay.isClosed)
        world.time += 1
        try world.meter.tick()
        #expect(world.relay.isClosed && world.meter.decision.reason == .value)
    }

    @Test func `emergency credit, warning and friendly times are those of the rules`() throws {
        // 18:00 to 8:00, and all day on holidays.
        let credit = SupplyRules.CreditTerms(
            emergency: Amount(rawValue: 500_000), warningBelow: Amount(rawValue: 400_000),
            friendlyTimes: [.init(days: 0x7F, from: 1080, to: 480), .init(days: 0x80, from: 0, to: 1440)])
        let world = try ElectricWorld(
            value: 600_000,
            rules: [try Self.rules(holidays: [.init(month: 1, day: 6, year: 2026)], credit: credit)],
            from: Self.monday + 10 * 3600)
        try world.pass(hours: 1)
        #expect(world.meter.reading.messages.contains("LOW CREDIT"))
        try world.pass(hours: 1)
        #expect(!world.relay.isClosed && world.meter.decision.reason == .noValue)
        #expect(try world.meter.askForEmergency())
        try world.pass(minutes: 60)
        #expect(world.meter.decision.reason == .emergencyCredit && world.meter.reading.debt.rawValue == 300_000)
        world.time = Self.monday + 18 * 3600
        try world.meter.tick()
        #expect(world.meter.decision.reason == .friendlyCredit)
        // The holiday is friendly from 0:00 to 24:00, the day after it is not at 9:00.
        world.time = Self.monday + 36 * 3600
        try world.meter.tick()
        #expect(world.meter.decision.reason == .friendlyCredit)
        world.time = Self.monday + 57 * 3600
        try world.meter.tick()
        #expect(world.meter.decision.reason == .emergencyCredit)
    }

    @Test func `the display tells price now and next, block, standing charge, debt and days`() throws {
        var rules = try Self.dayAndNight(zone: Self.berlin, standingCharge: Self.aDay)
        rules = try Self.rules(
            zone: rules.zone, seasons: rules.seasons, profiles: rules.profiles, rates: rules.rates,
            blocks: [.init(above: 10_000, percent: 120)], standingCharge: rules.standingCharge, debtShare: 40)
        let world = try ElectricWorld(value: 100_000_000, rules: [rules], debt: 3_000_000)
        try world.pass(hours: 48)
        let (reading, charges) = (world.meter.reading, world.meter.charges)
        func page(_ page: DisplayPage) -> [String] { reading.display(page, charges: charges) }
        // 01:00 on Wednesday; 48 kWh are in the second block: 0.30 × 50 % × 120 %.
        #expect(page(.tariff) == ["RATE        50 %", "per kWh     0.18"])
        #expect(page(.next) == ["NEXT RATE   7:00", "per kWh     0.54"])
        #expect(page(.month) == ["BLOCK 2 OF 2    ", "kWh       48.000"])
        #expect(page(.standingCharge) == ["STANDING CHARGE ", "per day     0.25"])
        #expect(page(.debt) == ["OWED        3.00", "    40 % OF NEXT"])
        #expect(page(.daysLeft)[0].hasPrefix("LASTS"))
        #expect(charges.daysLeft.map { $0 > 5 && $0 < 15 } == true)
    }
}

/// A meter with two sources.
private final class TwoSourceWorld {
    let meter: ElectricMeter

    init(_ configuration: ElectricConfiguration, _ rules: SupplyRules) throws {
        let key = Secret(copying: (0..<16).map { UInt8($0) })
        var image = ElementImage(
            issued: ElectricWorld.meterID, keys: [StoredKey(name: KeyName(.credit, 1), key: key)],
            purses: [Purse(.electricity, holds: 10_000_000, limit: 1 << 50)])
        image.charges = ChargeList(
            inForce: StoredChargeSystem(.rules(rules), time: Timestamp(rawValue: 1)), ahead: [])
        let records = try TestElectricMeter.records(image, configuration, transportKey: key)
        meter = try ElectricMeter(
            VolatileMemory(records, failure: FailureSwitch()),
            parts: ElectricParts(
                relays: [SimulatedRelay(), SimulatedRelay()], buzzer: SimulatedBuzzer(), sensors: SimulatedSensors(),
                clock: AdjustableClock { ElectricWorld.monday }))
    }
}
