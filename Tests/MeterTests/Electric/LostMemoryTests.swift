import ISO7816
import Meter
import Metrology
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// A memory that fails while the meter runs on: nothing flows that is not recorded, and nothing is recorded twice.
@Suite struct LostMemoryTests {
    @Test(arguments: FailureSwitch.Portion.allCases)
    func `a memory lost to a command of the host ends supply`(portion: FailureSwitch.Portion) throws {
        let world = try ElectricWorld(value: 1_000_000, ElectricMeterTests.configuration())
        #expect(world.relay.isClosed)
        // The new NT.
        world.power.cutPower(atWrite: 1, keeping: portion)
        #expect(throws: CardError.self) { try world.load(1, htxn: 1) }
        #expect(!world.relay.isClosed && world.meter.decision.reason == .memory)
        #expect(throws: MeterError(.memory, "")) { try world.meter.tick() }
        #expect(throws: CardError.self) { try world.meter.reset() }
        #expect(!world.relay.isClosed && world.meter.decision.reason == .memory)
        world.power.restorePower()
        try world.meter.reset()
        #expect(world.relay.isClosed && world.meter.decision.reason == .value && world.isBalanced)
    }

    /// The write of a token is whole or missing, and the meter does not know which.
    @Test(arguments: FailureSwitch.Portion.allCases)
    func `a reset after a write of unknown outcome loses no value unrecorded`(portion: FailureSwitch.Portion) throws {
        let world = try ElectricWorld(value: 1_000_000, ElectricMeterTests.configuration())
        try world.meter.tick()
        world.power.cutPower(atWrite: 1, keeping: portion)
        #expect(throws: MeterError(.memory, "")) { try world.meter.count([Energy(wattHours: 1)]) }
        #expect(!world.relay.isClosed)
        world.power.restorePower()
        try world.meter.reset()
        for _ in 0..<3 { try world.minute(watts: 1_000) }
        let reading = world.meter.reading
        #expect(reading.purse?.balance.rawValue == 1_000_000 - reading.drawn.rawValue)
        #expect(reading.forfeited.rawValue == (portion == .everything ? 100_000 : 0))
        #expect(world.isBalanced)
        #expect(world.events.filter { $0.code == .powerUp }.count == 2)
    }

    @Test func `what a refused write would have recorded is recorded once`() throws {
        let world = try ElectricWorld(value: 100_000_000, ElectricMeterTests.configuration())
        let memory = RefusingMemory(world.memory)
        let meter = try ElectricMeter(
            memory,
            parts: ElectricParts(
                relays: [world.relay], sensors: world.sensors, clock: AdjustableClock { [unowned world] in world.time })
        )
        for _ in 0..<60 {
            try meter.tick()
            try meter.count([Energy(wattHours: 10)])
            world.time += 60
        }
        let events = meter.events()
        memory.isRefusing = true
        // The end of the hour.
        for _ in 0..<2 { #expect(throws: MeterError(.memory, "")) { try meter.tick() } }
        world.sensors.reading.isCoverOpen = true
        #expect(throws: MeterError(.memory, "")) { try meter.watch() }
        #expect(meter.events() == events)
        memory.isRefusing = false
        try meter.tick()
        for series in [UsageSeries.hours, .days, .weeks, .months] {
            let records = meter.usage(series)
            #expect(records.reduce(0) { $0 + $1.quantity } == 600, "\(series)")
            #expect(records.reduce(0) { $0 + $1.spent.rawValue } == meter.reading.spent.rawValue, "\(series)")
        }
        #expect(meter.events().filter { $0.code == .coverOpened }.count == 1)
        #expect(meter.eventCount == meter.events().count)
        #expect(world.relay.isClosed)
    }
}

/// A memory that can refuse to be written.
final class RefusingMemory: NonVolatileMemory {
    var isRefusing = false
    private let memory: any NonVolatileMemory

    init(_ memory: any NonVolatileMemory) { self.memory = memory }

    func load() throws(MemoryError) -> [RecordName: [UInt8]] { try memory.load() }

    func commit(_ changes: [RecordChange]) throws(MemoryError) {
        if isRefusing { throw MemoryError(.writeFailed, "memory") }
        try memory.commit(changes)
    }
}
