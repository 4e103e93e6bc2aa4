import Foundation
import Meter
import Metrology
import TestSupport
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// An electric meter with flash memory that wears.
@Suite struct FlashWearTests {
    /// A flash of one megabyte, of 256 pages of 4 KiB, holds a meter's two years of hours.
    private static func world(_ flash: SimulatedFlash) throws -> (ElectricWorld, FlashMemory) {
        let world = try ElectricWorld(
            value: 5_000_000_000,
            ElectricConfiguration(
                price: Amount(rawValue: 200_000), rules: CreditRules(token: Amount(rawValue: 100_000))))
        return (world, try FlashMemory.create(on: flash, try world.memory.load()))
    }

    private static func meter(_ memory: FlashMemory, _ world: ElectricWorld) throws -> ElectricMeter {
        try ElectricMeter(
            memory,
            parts: ElectricParts(relays: [world.relay], clock: AdjustableClock { [unowned world] in world.time })
        )
    }

    /// `VALUESTORE_CAMPAIGN=1` in the environment lets two years pass, as many as the log holds, otherwise one.
    private static let hours =
        (ProcessInfo.processInfo.environment["VALUESTORE_CAMPAIGN"] != nil ? 2 : 1) * 365 * 24

    /// Years of hours, each with its record and its tokens: every page stays far below the 100,000 erasures that such
    /// devices endure, and erase counts differ by at most one.
    @Test func `years of hours wear no page out`() throws {
        let flash = SimulatedFlash()
        let (world, memory) = try Self.world(flash)
        let meter = try Self.meter(memory, world)
        for _ in 0..<Self.hours {
            try meter.tick()
            try meter.count([Energy(microjoules: 500 * 3_600_000_000)])
            world.time += 3_600
        }
        let least = try #require(flash.erasures.min())
        let most = try #require(flash.erasures.max())
        #expect(least > 0)
        #expect(most - least <= 1)
        #expect(most < 100_000 / 100)
        try meter.tick()
        let hours = meter.usage(.hours).count
        let reading = meter.reading
        try meter.lastGasp()
        let again = try Self.meter(try FlashMemory(on: flash), world)
        #expect(hours >= Self.hours - 20 && again.usage(.hours).count == hours)
        #expect(again.reading.drawn == reading.drawn)
        #expect(again.reading.remaining == reading.remaining && again.reading.forfeited == .zero)
    }

    /// Power is cut again and again, anywhere in the flash's operations: no token is gained, and only the current one
    /// is lost.
    @Test func `no cut in the flash gains a token`() throws {
        let failure = FailureSwitch()
        let flash = SimulatedFlash(FlashGeometry(pages: 64, pageSize: 1_024), failure: failure)
        let (world, memory) = try Self.world(flash)
        var meter = try Self.meter(memory, world)
        var random = SeededGenerator(seed: 7)
        var used: Int128 = 0
        var cuts = 0
        for step in 0..<1_500 {
            if step % 5 == 0 {
                failure.cutPower(
                    atWrite: 1 + Int(random.next() % 300),
                    keeping: FailureSwitch.Portion.allCases[Int(random.next() % 3)])
            }
            do {
                try meter.tick()
                try meter.count([Energy(microjoules: 400_000_000_000)])
            } catch {
                #expect(error == MeterError(.memory, ""))
                cuts += 1
                failure.restorePower()
                meter = try Self.meter(try FlashMemory(on: flash), world)
            }
            world.time += 600
            let now = meter.reading
            #expect(
                now.drawn.rawValue + now.debt.rawValue
                    == now.spent.rawValue + now.remaining.rawValue + now.forfeited.rawValue)
            #expect(now.drawn.rawValue == 5_000_000_000 - (now.purse?.balance.rawValue ?? 0))
            #expect(now.forfeited.rawValue <= UInt64(cuts) * 100_000)
            #expect(now.imported[0].microjoules >= used)
            // A token is half a kWh; the part used since the last write may be lost with it.
            used = now.imported[0].microjoules - 1_800_000_000_000
        }
        #expect(cuts > 50)
    }
}
