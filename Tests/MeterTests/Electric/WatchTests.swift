import Meter
import Metrology
import Testing
import ValueElement
import ValueProtocol

@Suite struct WatchTests {
    static func world(cutsWhenTampered: Bool = false, value: UInt64 = 1_000_000) throws -> ElectricWorld {
        var configuration = ElectricMeterTests.configuration()
        configuration.rules.cutsWhenTampered = cutsWhenTampered
        return try ElectricWorld(value: value, configuration)
    }

    static func news(_ world: ElectricWorld, _ body: () throws -> Void) rethrows -> [MeterEvent.Code] {
        let before = world.events.count
        try body()
        return world.events.dropFirst(before).map(\.code)
    }

    @Test func everySensorHasItsEvents() throws {
        let world = try Self.world()
        let cases: [(WritableKeyPath<SensorReading, Bool>, [MeterEvent.Code], [MeterEvent.Code])] = [
            (\.isMagnetNear, [.magnetBegins], [.magnetEnds]),
            (\.isBypassed, [.bypassBegins, .sealBroken], [.bypassEnds]),
            (\.isCoverOpen, [.coverOpened], [.coverClosed]),
        ]
        for (sensor, begins, ends) in cases {
            world.sensors.reading[keyPath: sensor] = true
            #expect(try Self.news(world) { try world.meter.watch() } == begins)
            #expect(try Self.news(world) { try world.meter.watch() }.isEmpty, "it is told once")
            world.sensors.reading[keyPath: sensor] = false
            #expect(try Self.news(world) { try world.meter.watch() } == ends)
        }
        world.sensors.reading.surges = 3
        #expect(try Self.news(world) { try world.meter.watch() } == [.surge])
        #expect(world.events.last?.value == 3)
        world.sensors.reading.isArresterWorn = true
        #expect(try Self.news(world) { try world.meter.watch() } == [.arresterWorn])
    }

    @Test func aBrokenSealCutsWhereTheRuleSaysSoUntilTheHostSealsAgain() throws {
        let world = try Self.world(cutsWhenTampered: true)
        world.sensors.reading.isCoverOpen = true
        try world.minute(watts: 1_000)
        #expect(!world.relay.isClosed && world.meter.decision.reason == .tampered)
        world.sensors.reading.isCoverOpen = false
        try world.minute(watts: 1_000)
        #expect(!world.relay.isClosed && world.meter.reading.isSealBroken)
        // It outlives a power cut.
        try world.powerUp()
        #expect(!world.relay.isClosed && world.meter.reading.isSealBroken)
        try world.setState(.blocked)
        try world.setState(.issued)
        #expect(world.relay.isClosed && !world.meter.reading.isSealBroken)
        #expect(world.events.map(\.code).contains(.sealed))
    }

    @Test func withoutTheRuleItIsOnlyWrittenDown() throws {
        let world = try Self.world()
        world.sensors.reading.isBypassed = true
        try world.minute(watts: 1_000)
        #expect(world.relay.isClosed && world.meter.reading.isSealBroken)
    }

    @Test func aCoverThatIsOpenCannotBeSealed() throws {
        let world = try Self.world()
        world.sensors.reading.isCoverOpen = true
        try world.meter.watch()
        try world.setState(.blocked)
        world.sensors.reading.isCoverOpen = true
        try world.setState(.issued)
        #expect(world.meter.reading.isSealBroken)
    }

    @Test func aWeldedContactIsToldByItsSenseAndByEnergy() throws {
        let world = try Self.world(value: 10_000)
        world.contact.isStuck = true
        try world.minute(watts: 1_000)
        #expect(try Self.news(world) { try world.meter.tick() } == [.relayWelded])
        // The energy that flows is owed.
        let flowing = try Self.news(world) { try world.meter.count([Energy(wattHours: 1)]) }
        #expect(flowing == [.relayWelded])
        #expect(world.meter.reading.debt.rawValue == 600 && world.isBalanced)
        world.contact.isStuck = false
        #expect(try Self.news(world) { try world.meter.tick() } == [.relayWorks])
        #expect(try Self.news(world) { try world.meter.count([.zero]) } == [.relayWorks])
    }

    @Test func aContactThatDoesNotCloseIsTold() throws {
        let world = try Self.world(value: 10_000)
        try world.minute(watts: 1_000)
        #expect(!world.relay.isClosed)
        world.contact.isStuck = true
        let codes = try Self.news(world) { try world.load(100_000, htxn: 1) }
        #expect(codes == [.supplyOn, .relayNotSwitching])
    }

    @Test func theDisplayHasTwoLinesOfSixteen() throws {
        let world = try Self.world(value: 250_000)
        for minute in 0..<30 {
            for page in DisplayPage.allCases {
                let lines = world.meter.reading.display(page, watts: [1_000, 12])
                #expect(lines.count == 2 && lines.allSatisfy { $0.count == 16 }, "\(minute) \(lines)")
            }
            try world.minute(watts: 1_000)
        }
        #expect(world.meter.reading.display(.balance) == ["EUR         0.00", "NO CREDIT       "])
        #expect(world.meter.reading.display(.use) == ["USED kWh        ", "           0.416"])
        #expect(world.meter.reading.display(.power, watts: [1_000, 12])[1] == "         1000 12")
        #expect(world.meter.reading.display(.tariff) == ["RATE       100 %", "a kWh       0.60"])
        #expect(world.meter.reading.display(.debt) == ["OWED        0.00", "                "])
        #expect(world.meter.reading.display(.transfer) == ["TOKEN       0.00", "TANK        0.00"])
    }
}
