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
}
