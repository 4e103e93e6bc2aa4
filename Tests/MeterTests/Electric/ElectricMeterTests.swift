import Meter
import Metrology
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

@Suite struct ElectricMeterTests {
    /// A kWh for 0.60, tokens of 0.10: at 1 kW a token lasts ten minutes.
    static func configuration(
        emergency: UInt64 = 0, friendly: FriendlyCredit = FriendlyCredit(), calendar: LocalCalendar = LocalCalendar()
    ) -> ElectricConfiguration {
        ElectricConfiguration(
            price: Amount(rawValue: 600_000), calendar: calendar,
            rules: CreditRules(
                token: Amount(rawValue: 100_000), lowCredit: Amount(rawValue: 300_000),
                emergency: Amount(rawValue: emergency), friendly: friendly))
    }

    @Test func `tokens are used up one by one`() throws {
        let world = try ElectricWorld(value: 1_000_000, Self.configuration())
        #expect(world.relay.isClosed && world.meter.decision.reason == .value)
        try world.minute(watts: 1_000)
        var reading = world.meter.reading
        #expect(reading.purse?.balance.rawValue == 900_000 && reading.remaining.rawValue == 90_000)
        #expect(reading.spent.rawValue == 10_000 && reading.drawn.rawValue == 100_000)
        for _ in 0..<10 { try world.minute(watts: 1_000) }
        reading = world.meter.reading
        #expect(reading.purse?.balance.rawValue == 800_000 && reading.spent.rawValue == 110_000)
        #expect(world.isBalanced)
    }

    @Test func `the last token is heard and the end cuts`() throws {
        let world = try ElectricWorld(value: 250_000, Self.configuration())
        for minute in 0..<25 {
            #expect(world.buzzer.count == (minute > 20 ? 1 : 0))
            try world.minute(watts: 1_000)
        }
        #expect(!world.relay.isClosed)
        #expect(world.meter.decision == SupplyDecision(.init(value: .zero, wasOn: true), Self.configuration().rules))
        try world.minute(watts: 1_000)
        #expect(world.meter.reading.spent.rawValue == 250_000 && world.meter.reading.value == .zero)
        #expect(world.meter.reading.imported[0] == Energy(microjoules: 25 * 60_000_000_000))
        let codes = world.events.map(\.code)
        #expect(codes == [.powerUp, .supplyOn, .lastToken, .supplyOff])
        #expect(world.events.last?.value == 3, "for want of value")
    }

    @Test func `a rate changes exactly at the minute`() throws {
        let entries = [(420, 200), (421, 50)].compactMap {
            TariffTable.Entry(days: 0x7F, minute: UInt16($0.0), percent: UInt16($0.1))
        }
        let tariff = TariffTable(
            id: 1, price: Amount(rawValue: 600_000), currency: ElectricWorld.currency, entries: entries)
        let world = try ElectricWorld(
            value: 10_000_000, Self.configuration(calendar: LocalCalendar(offset: 60)), tariff: tariff,
            from: ElectricWorld.monday + 5 * 3600 + 59 * 60)
        var spent: [UInt64] = []
        for _ in 0..<4 {
            let before = world.meter.reading.spent.rawValue
            try world.minute(watts: 1_000)
            spent.append(world.meter.reading.spent.rawValue - before)
        }
        // 06:59, 07:00, 07:01 and 07:02 of local time.
        #expect(spent == [5_000, 20_000, 5_000, 5_000])
    }

    @Test func `a holiday has Sunday's rates`() throws {
        let entries = [(UInt8(0x3F), 100), (UInt8(0x40), 50)].compactMap {
            TariffTable.Entry(days: $0.0, minute: 0, percent: UInt16($0.1))
        }
        let tariff = TariffTable(
            id: 1, price: Amount(rawValue: 600_000), currency: ElectricWorld.currency, entries: entries)
        func percent(_ holidays: Set<LocalCalendar.Holiday>) throws -> UInt16 {
            let configuration = Self.configuration(calendar: LocalCalendar(holidays: holidays))
            return try ElectricWorld(value: 1, configuration, tariff: tariff).meter.reading.percent
        }
        #expect(try percent([]) == 100)
        #expect(try percent([.yearly(month: 1, day: 5)]) == 50)
        #expect(try percent([.yearly(month: 1, day: 6)]) == 100)
    }

    @Test func `emergency credit is asked for and repaid first`() throws {
        let world = try ElectricWorld(value: 20_000, Self.configuration(emergency: 50_000))
        for _ in 0..<3 { try world.minute(watts: 1_000) }
        #expect(!world.relay.isClosed)
        #expect(try world.meter.askForEmergency())
        #expect(try !world.meter.askForEmergency())
        #expect(world.relay.isClosed && world.meter.decision.reason == .emergencyCredit)
        for _ in 0..<9 { try world.minute(watts: 1_000) }
        #expect(!world.relay.isClosed && world.meter.decision.reason == .noValue)
        #expect(world.meter.reading.debt.rawValue == 50_000 && world.meter.reading.spent.rawValue == 70_000)
        // Less than the debt: all of it repays debt, and there is no supply yet.
        try world.load(30_000, htxn: 1)
        #expect(world.meter.reading.debt.rawValue == 20_000 && world.meter.reading.value == .zero)
        #expect(!world.relay.isClosed)
        try world.load(30_000, htxn: 2)
        #expect(world.meter.reading.debt == .zero && world.meter.reading.value.rawValue == 10_000)
        #expect(world.relay.isClosed && world.isBalanced)
        // And it can be requested again.
        #expect(try world.meter.askForEmergency())
    }

    @Test func `friendly credit is repaid from the next load`() throws {
        let night = try #require(FriendlyCredit.Window(days: FriendlyCredit.Window.everyDay, from: 1080, to: 480))
        let world = try ElectricWorld(
            value: 15_000, Self.configuration(friendly: FriendlyCredit(windows: [night])),
            from: ElectricWorld.monday + 7 * 3600 + 50 * 60)
        for _ in 0..<10 { try world.minute(watts: 1_000) }
        #expect(world.relay.isClosed && world.meter.decision.reason == .friendlyCredit)
        #expect(world.meter.reading.debt.rawValue == 85_000)
        // Eight o'clock.
        try world.minute(watts: 1_000)
        #expect(!world.relay.isClosed && world.meter.reading.spent.rawValue == 100_000)
        try world.load(100_000, htxn: 1)
        #expect(world.relay.isClosed && world.meter.reading.value.rawValue == 15_000)
        #expect(world.events.map(\.code).contains(.debtRepaid) && world.isBalanced)
    }

    /// Lending is recorded in advance: a cut without a last gasp costs at most a token more, and never gives any value
    /// away.
    @Test(arguments: [false, true]) func `a cut gains nothing of what was lent`(isEmergency: Bool) throws {
        let night = try #require(FriendlyCredit.Window(days: FriendlyCredit.Window.everyDay, from: 1080, to: 480))
        for minutes in 1...25 {
            let world = try ElectricWorld(
                value: 15_000,
                Self.configuration(
                    emergency: 500_000, friendly: FriendlyCredit(windows: isEmergency ? [] : [night])))
            if isEmergency { #expect(try world.meter.askForEmergency()) }
            for _ in 0..<minutes { try world.minute(watts: 1_000) }
            let used = world.meter.reading.spent.rawValue
            #expect(used == UInt64(minutes) * 10_000)
            try world.powerUp()
            let now = world.meter.reading
            let paid = now.drawn.rawValue + now.debt.rawValue
            #expect(paid >= used && paid - used < 100_000, "\(minutes) minutes")
            #expect(world.isBalanced)
            // The next load repays it, whatever cuts there were.
            try world.powerUp()
            try world.load(1_000_000, htxn: 1)
            #expect(world.meter.reading.debt == .zero && world.isBalanced)
            #expect(world.meter.reading.value.rawValue == 1_015_000 - paid)
        }
    }

    @Test func `the last gasp saves the token`() throws {
        let world = try ElectricWorld(value: 1_000_000, Self.configuration())
        for _ in 0..<3 { try world.minute(watts: 1_000) }
        try world.meter.lastGasp()
        try world.powerUp()
        #expect(world.meter.reading.remaining.rawValue == 70_000 && world.meter.reading.forfeited == .zero)
        // It is valid once: a cut without a last gasp loses the rest.
        try world.powerUp()
        #expect(world.meter.reading.remaining == .zero && world.meter.reading.forfeited.rawValue == 70_000)
        #expect(world.isBalanced)
    }

    /// Power fails before the last gasp's write is done: the token is saved, or it is lost and recorded as lost.
    @Test(arguments: FailureSwitch.Portion.allCases)
    func `a power cut within the last gasp`(portion: FailureSwitch.Portion) throws {
        func world() throws -> ElectricWorld {
            let world = try ElectricWorld(value: 1_000_000, Self.configuration())
            for _ in 0..<3 { try world.minute(watts: 1_000) }
            return world
        }
        let whole = try world()
        let before = whole.power.writes
        try whole.meter.lastGasp()
        let writes = whole.power.writes - before
        #expect(writes > 0)
        for write in 1...writes {
            let world = try world()
            world.power.cutPower(atWrite: write, keeping: portion)
            #expect(throws: MeterError(.memory, "")) { try world.meter.lastGasp() }
            try world.powerUp()
            let isSaved = write == writes && portion == .everything
            #expect(world.meter.reading.remaining.rawValue == (isSaved ? 70_000 : 0), "write \(write)")
            // Otherwise the whole token is lost, as it was recorded when drawn, including the part already used.
            #expect(world.meter.reading.forfeited.rawValue == (isSaved ? 0 : 100_000), "write \(write)")
            #expect(world.isBalanced)
        }
    }

    @Test func `a clock that is set back over a tariff switch takes the rate of its time`() throws {
        let entries = [
            try #require(TariffTable.Entry(days: 0x7F, minute: 0, percent: 50)),
            try #require(TariffTable.Entry(days: 0x7F, minute: 360, percent: 150)),
        ]
        let tariff = try #require(
            TariffTable(id: 1, price: Amount(rawValue: 600_000), currency: ElectricWorld.currency, entries: entries))
        let world = try ElectricWorld(
            value: 100_000_000, Self.configuration(), tariff: tariff, from: ElectricWorld.monday + 330 * 60)
        // 10 Wh per minute cost 3,000 micro-units before six, 9,000 after it.
        for _ in 0..<60 { try world.minute(watts: 600) }
        #expect(world.meter.reading.spent.rawValue == 30 * 3_000 + 30 * 9_000)
        world.time -= 3600
        for _ in 0..<60 { try world.minute(watts: 600) }
        #expect(world.meter.reading.spent.rawValue == 60 * 3_000 + 60 * 9_000)
        let hours = world.usage(.hours)
        #expect(hours.reduce(0) { $0 + $1.spent } == world.meter.reading.spent.rawValue)
        #expect(hours.reduce(0) { $0 + $1.quantity } == 1_200)
        #expect(world.isBalanced)
    }

    @Test func `a clock that is set back loses no record`() throws {
        let world = try ElectricWorld(value: 100_000_000, Self.configuration())
        for _ in 0..<150 { try world.minute(watts: 600) }
        world.time -= 2 * 3600
        for _ in 0..<150 { try world.minute(watts: 600) }
        for series in [UsageSeries.hours, .days, .weeks, .months] {
            let records = world.usage(series)
            #expect(records.reduce(0) { $0 + $1.quantity } == 3_000, "\(series)")
            #expect(records.reduce(0) { $0 + $1.spent } == world.meter.reading.spent.rawValue)
        }
        // Midnight to half past two, back to half past twelve, and on to three: the hours between occurred twice.
        #expect(world.usage(.hours).map(\.quantity) == [900, 1_200, 900])
    }

    /// An old file has counters of 64 bits; this one's are at their end.
    @Test func `counters go on beyond 64 bits`() throws {
        let world = try ElectricWorld(value: 100_000_000, Self.configuration())
        let name = RecordName(0x0301)
        let content = try #require(try world.memory.load()[name])
        let counters = Int64.max.bigEndianBytes + [UInt8](repeating: 0, count: 8)
        let rest = OlderRegisters.version4(content).dropFirst(2 + 32)
        try world.memory.commit([RecordChange(name, [3, 1] + counters + rest)])
        try world.powerUp()
        let before = Energy(microjoules: Int64.max)
        #expect(world.meter.reading.imported == [before] && world.meter.reading.exported == [.zero])
        try world.minute(watts: 1_000)
        let reading = world.meter.reading
        #expect(reading.imported == [before + Energy(microjoules: 60_000_000_000)])
        #expect(reading.display(.use)[1].hasSuffix(" 2562047.804"))
        #expect(reading.spent.rawValue == 10_000)
        try world.meter.lastGasp()
        try world.powerUp()
        #expect(world.meter.reading.imported == reading.imported)
    }

    /// Power is cut at every write of a token, a load, a roll-over and a repayment: before, during and after it.
    @Test(arguments: FailureSwitch.Portion.allCases)
    func `a cut at any write loses no more than the token`(portion: FailureSwitch.Portion) throws {
        var write = 1
        while true {
            let night = try #require(FriendlyCredit.Window(days: FriendlyCredit.Window.everyDay, from: 1080, to: 480))
            let world = try ElectricWorld(
                value: 150_000,
                Self.configuration(emergency: 50_000, friendly: FriendlyCredit(windows: [night])),
                from: ElectricWorld.monday + 23 * 3600 + 30 * 60)
            world.power.cutPower(atWrite: write, keeping: portion)
            var cut = false
            var loaded = false
            func attempt(_ body: () throws -> Void) throws {
                do {
                    try body()
                } catch {
                    #expect(world.power.isOff)
                    cut = true
                    try world.powerUp()
                    let now = world.meter.reading
                    #expect(now.debt == .zero || now.purse?.balance == .zero, "write \(write): value beside a debt")
                }
                #expect(world.isBalanced)
            }
            for minute in 0..<40 {
                try attempt { try world.minute(watts: 1_000) }
                if minute == 30 {
                    try attempt { try world.load(200_000, htxn: 1) }
                    // The host repeats the command with the same number until it knows the result.
                    try attempt { try world.load(200_000, htxn: 1) }
                    loaded = true
                }
            }
            #expect(loaded)
            let now = world.meter.reading
            #expect((now.purse?.balance.rawValue ?? 0) + now.drawn.rawValue == 350_000)
            #expect(now.forfeited.rawValue <= 100_000)
            for series in [UsageSeries.hours, .days, .weeks, .months] {
                let records = world.usage(series)
                #expect(records.reduce(0) { $0 + $1.spent } == now.spent.rawValue, "\(series), write \(write)")
            }
            guard cut else { break }
            write += 1
        }
        #expect(write > 10)
    }
}

extension Int64 {
    fileprivate var bigEndianBytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: self >> (56 - 8 * $0)) } }
}
