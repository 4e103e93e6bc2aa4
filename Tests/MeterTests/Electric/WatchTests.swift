import Meter
import Metrology
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

@Suite struct WatchTests {
    static func world(cutsWhenTampered: Bool = false, value: UInt64 = 1_000_000) throws -> ElectricWorld {
        var configuration = ElectricMeterTests.configuration()
        configuration.rules.cutsWhenTampered = cutsWhenTampered
        return try ElectricWorld(value: value, configuration)
    }

    static func news(_ world: ElectricWorld, _ body: () throws -> Void) rethrows -> [EventCode?] {
        let before = world.events.count
        try body()
        return world.events.dropFirst(before).map(\.code)
    }

    @Test func `every sensor has its events`() throws {
        let world = try Self.world()
        let cases: [(WritableKeyPath<SensorReading, Bool>, [EventCode?], [EventCode?])] = [
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

    @Test func `a broken seal cuts where the rule says so until the host seals again`() throws {
        let world = try Self.world(cutsWhenTampered: true)
        world.sensors.reading.isCoverOpen = true
        try world.minute(watts: 1_000)
        #expect(!world.relay.isClosed && world.meter.decision.reason == .tampered)
        world.sensors.reading.isCoverOpen = false
        try world.minute(watts: 1_000)
        #expect(!world.relay.isClosed && world.meter.reading.isSealBroken)
        // It survives a power cut.
        try world.powerUp()
        #expect(!world.relay.isClosed && world.meter.reading.isSealBroken)
        try world.setState(.blocked)
        try world.setState(.issued)
        #expect(world.relay.isClosed && !world.meter.reading.isSealBroken)
        #expect(world.events.map(\.code).contains(.sealed))
    }

    @Test func `without the rule it is only written down`() throws {
        let world = try Self.world()
        world.sensors.reading.isBypassed = true
        try world.minute(watts: 1_000)
        #expect(world.relay.isClosed && world.meter.reading.isSealBroken)
    }

    @Test func `a cover that is open cannot be sealed`() throws {
        let world = try Self.world()
        world.sensors.reading.isCoverOpen = true
        try world.meter.watch()
        try world.setState(.blocked)
        world.sensors.reading.isCoverOpen = true
        try world.setState(.issued)
        #expect(world.meter.reading.isSealBroken)
    }

    @Test func `a welded contact is reported by its sense and by energy`() throws {
        let world = try Self.world(value: 10_000)
        world.relay.isStuck = true
        try world.minute(watts: 1_000)
        #expect(try Self.news(world) { try world.meter.tick() } == [.relayWelded])
        // The energy that flows becomes a debt.
        let flowing = try Self.news(world) { try world.meter.count([Energy(wattHours: 1)]) }
        #expect(flowing == [], "it is known already")
        #expect(world.meter.reading.debt.rawValue == 600 && world.isBalanced)
        world.relay.isStuck = false
        // The sense says that it is open, and the last energy is not forgotten before none flows.
        #expect(try Self.news(world) { try world.meter.tick() } == [])
        #expect(try Self.news(world) { try world.meter.count([.zero]) } == [.relayWorks])
    }

    @Test func `a contact that does not close is reported`() throws {
        let world = try Self.world(value: 10_000)
        try world.minute(watts: 1_000)
        #expect(!world.relay.isClosed)
        world.relay.isStuck = true
        let codes = try Self.news(world) { try world.load(100_000, htxn: 1) }
        #expect(codes == [.supplyOn, .relayNotSwitching])
    }

    @Test func `the display has two lines of sixteen`() throws {
        let world = try Self.world(value: 250_000)
        let pages: [DisplayPage] = [
            .balance, .power, .use, .tariff, .debt, .transfer, .message, .channel(1), .channel(2), .channel(3),
        ]
        let channels = [Self.reading(230.04, 5.123, 1_000, 612), Self.reading(110, 0.12, 12, -5), nil]
        for minute in 0..<30 {
            for page in pages {
                let lines = world.meter.reading.display(page, channels: channels)
                #expect(lines.count == 2 && lines.allSatisfy { $0.count == 16 }, "\(minute) \(lines)")
            }
            try world.minute(watts: 1_000)
        }
        #expect(world.meter.reading.display(.balance) == ["EUR         0.00", "NO CREDIT       "])
        #expect(world.meter.reading.display(.use) == ["USED kWh        ", "           0.416"])
        #expect(world.meter.reading.display(.power, channels: channels)[1] == "       1000 12 0")
        #expect(world.meter.reading.display(.tariff) == ["RATE       100 %", "per kWh     0.60"])
        #expect(world.meter.reading.display(.debt) == ["OWED        0.00", "                "])
        #expect(world.meter.reading.display(.transfer) == ["TOKEN       0.00", "TANK        0.00"])
        #expect(
            world.meter.reading.display(.channel(1), channels: channels) == ["1 230.0V  5.123A", "0.849IND   1000W"])
        #expect(
            world.meter.reading.display(.channel(2), channels: channels) == ["2 110.0V  0.120A", "0.909CAP     12W"])
        #expect(
            world.meter.reading.display(.channel(3), channels: channels) == ["3            OFF", "                "])
    }

    private static func reading(_ volts: Double, _ amperes: Double, _ watts: Double, _ vars: Double) -> ChannelReading {
        ChannelReading(
            voltage: volts, current: amperes, activePower: watts, reactivePower: vars, apparentPower: volts * amperes,
            phaseAngle: 0, frequency: 50, voltageDistortion: 0, currentDistortion: 0, minCycleVoltage: volts,
            maxCycleVoltage: volts, isClipped: false, isCreeping: false, count: 1_600, duration: 0.2)
    }

    @Test func `all messages are reported in their order`() throws {
        let world = try Self.world(value: 350_000)
        #expect(world.meter.reading.messages == [])
        #expect(world.meter.reading.display(.message) == ["NO MESSAGE      ", "                "])
        world.relay.isStuck = true
        world.sensors.reading.isCoverOpen = true
        for _ in 0..<36 {
            try world.meter.tick()
            try world.meter.count([Energy(microjoules: 60_000_000_000)])
            world.time += 60
        }
        #expect(world.meter.reading.messages == ["NO CREDIT", "RELAY 1 FAULT", "SEAL BROKEN"])
        #expect(world.meter.reading.display(.message) == ["NO CREDIT       ", "RELAY 1 FAULT +1"])
    }
}
