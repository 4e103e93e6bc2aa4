import Meter
import Metrology
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// Emergency credit from the moment at which it is asked for until value comes.
@Suite struct EmergencyCreditTests {
    /// A kWh for 1.00, tokens of 0.10: at 1 kW a minute costs 0.016667.
    static func configuration(emergency: UInt64 = 2_000_000, friendly: Bool = false) throws -> ElectricConfiguration {
        let always = try #require(FriendlyCredit.Window(days: FriendlyCredit.Window.everyDay, from: 0, to: 1440))
        return ElectricConfiguration(
            price: Amount(rawValue: 1_000_000),
            rules: CreditRules(
                token: Amount(rawValue: 100_000), emergency: Amount(rawValue: emergency),
                friendly: FriendlyCredit(windows: friendly ? [always] : [])))
    }

    private func hour(_ world: ElectricWorld) throws { for _ in 0..<60 { try world.minute(watts: 1_000) } }

    /// What happens between the request and the end of value, and must not make the meter forget it.
    enum Disturbance: CaseIterable {
        case none, powerCut, lastGasp, status, refund
    }

    @Test(arguments: Disturbance.allCases)
    func `a request stays until value comes`(_ disturbance: Disturbance) throws {
        let world = try ElectricWorld(value: 1_000_000, try Self.configuration())
        #expect(try world.meter.askForEmergency())
        switch disturbance {
        case .none: break
        case .powerCut: try world.powerUp()
        case .lastGasp:
            try world.meter.lastGasp()
            try world.powerUp()
        // Any command of a host makes the meter look at its purse again.
        case .status: _ = try world.meter.process([0x00, 0xCA, 0x01, 0x01, 0x00])
        case .refund: try world.refund(400_000, htxn: 1)
        }
        try hour(world)
        if disturbance == .none { #expect(world.meter.decision.reason == .emergencyCredit) }
        for _ in 0..<3 { try hour(world) }
        // 2 kWh of emergency credit, to the micro-unit.
        #expect(!world.relay.isClosed && world.meter.decision.reason == .noValue)
        #expect(world.meter.reading.debt.rawValue == 2_000_000)
        #expect(world.isBalanced)
    }

    @Test func `value that comes ends a request that was not used`() throws {
        let world = try ElectricWorld(value: 1_000_000, try Self.configuration())
        #expect(try world.meter.askForEmergency())
        try world.load(1_000_000, htxn: 1)
        for _ in 0..<3 { try hour(world) }
        #expect(!world.relay.isClosed && world.meter.reading.debt == .zero)
        #expect(try world.meter.askForEmergency())
        #expect(world.relay.isClosed)
    }

    @Test func `after a refund the same value that comes again ends a request`() throws {
        let world = try ElectricWorld(value: 1_000_000, try Self.configuration())
        #expect(try world.meter.askForEmergency())
        try world.refund(900_000, htxn: 1)
        try world.load(100_000, htxn: 2)
        #expect(try world.meter.askForEmergency())
    }

    @Test func `repaid to the cent is repaid`() throws {
        let world = try ElectricWorld(value: 0, try Self.configuration())
        #expect(try world.meter.askForEmergency())
        for _ in 0..<3 { try hour(world) }
        #expect(world.meter.reading.debt.rawValue == 2_000_000 && !world.relay.isClosed)
        try world.load(2_000_000, htxn: 1)
        #expect(world.meter.reading.debt == .zero && world.meter.reading.value == .zero)
        #expect(!world.relay.isClosed)
        #expect(try world.meter.askForEmergency())
        #expect(world.relay.isClosed && world.meter.decision.reason == .emergencyCredit)
        try world.meter.tick()
        for _ in 0..<3 { try hour(world) }
        #expect(world.meter.reading.debt.rawValue == 2_000_000)
    }

    @Test func `a request of an older meter's record is kept`() throws {
        let world = try ElectricWorld(value: 1_000_000, try Self.configuration())
        #expect(try world.meter.askForEmergency())
        let records = try world.memory.load()
        let name = RecordName(0x0301)
        let new = try #require(records[name])
        try world.memory.commit([RecordChange(name, OlderRegisters.version4(new))])
        try world.powerUp()
        for _ in 0..<4 { try hour(world) }
        #expect(world.meter.reading.debt.rawValue == 2_000_000)
        // No reason was recorded before: none is called another.
        #expect(!world.events.contains { $0.code == .supplyReason && $0.value == UInt32(SupplyReason.value.rawValue) })
    }

    @Test func `a reason that stays is no event`() throws {
        let world = try ElectricWorld(value: 1_000_000, try Self.configuration())
        try world.minute(watts: 0)
        for _ in 0..<3 { try world.powerUp() }
        try world.minute(watts: 0)
        #expect(!world.events.contains { $0.code == .supplyReason })
    }

    @Test(arguments: [true, false]) func `a rate of nothing supplies without value`(hasEmergency: Bool) throws {
        let entries = [
            try #require(TariffTable.Entry(days: 0x7F, minute: 0, percent: 100)),
            try #require(TariffTable.Entry(days: 0x7F, minute: 60, percent: 0)),
            try #require(TariffTable.Entry(days: 0x7F, minute: 120, percent: 100)),
        ]
        let table = try #require(
            TariffTable(id: 1, price: Amount(rawValue: 1_000_000), currency: ElectricWorld.currency, entries: entries))
        let world = try ElectricWorld(
            value: 0, try Self.configuration(emergency: hasEmergency ? 1 : 0), tariff: table)
        try world.minute(watts: 1_000)
        #expect(!world.relay.isClosed)
        world.time = ElectricWorld.monday + 3600
        for _ in 0..<60 { try world.minute(watts: 1_000) }
        #expect(world.relay.isClosed && world.meter.decision.reason == .freeRate)
        #expect(world.meter.reading.imported[0].wattHours == 1_000 && world.meter.reading.debt == .zero)
        try world.minute(watts: 1_000)
        #expect(!world.relay.isClosed && world.meter.decision.reason == .noValue)
        #expect(world.meter.reading.messages.contains("NO CREDIT"))
    }
}
