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
}
