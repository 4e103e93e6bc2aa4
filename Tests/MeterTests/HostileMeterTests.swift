import Meter
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// Attacks that a meter must withstand.
@Suite struct HostileMeterTests {
    /// More than was requested, or an earlier debit: a card with a compromised key can neither fill the meter past its
    /// limit nor stop it.
    @Test(arguments: [
        (debited: UInt64.max, nt: 9 as UInt32), (debited: 30_000_001, nt: 9), (debited: 1, nt: 0),
    ])
    func `a claim that cannot be is a forgery`(_ claim: (debited: UInt64, nt: UInt32)) throws {
        let world = try GasWorld(inMeter: 70_000_000)
        let kx = try #require(world.card.element?.image.slots.first?.kx)
        let card = try RogueCard(kx: kx) { _ in
            Debit.Answer(balance: .zero, debited: Amount(rawValue: claim.debited), nt: claim.nt)
        }
        #expect(throws: MeterError(.authenticationFailed, "")) { try world.meter.redeem(from: card) }
        #expect(world.inMeter == 70_000_000)
        // The same card with a plausible claim is credited: it was the claim that was refused.
        let possible = try RogueCard(kx: kx, nt: 10) {
            Debit.Answer(balance: .zero, debited: Amount(rawValue: 30_000_000), nt: $0)
        }
        #expect(try world.meter.redeem(from: possible).drawn == Amount(rawValue: 30_000_000))
    }

    @Test func `the counter ends without turning over`() throws {
        let world = try GasWorld(inMeter: 1, price: 0)
        #expect(try world.meter.use(.max - 1) == .max - 1)
        #expect(try world.meter.use(5) == 1)
        #expect(try world.meter.use(5) == 0)
        #expect(world.meter.reading.counter == .max)
    }

    /// A memory that wrote but cannot confirm it, as after a failed sync of a folder.
    final class StumblingMemory: NonVolatileMemory {
        private let memory: VolatileMemory
        /// How many commits are confirmed before the one that is not.
        var confirmsLeft: Int?

        init(_ memory: VolatileMemory) { self.memory = memory }
        func load() throws(MemoryError) -> [RecordName: [UInt8]] { try memory.load() }

        func commit(_ changes: [RecordChange]) throws(MemoryError) {
            try memory.commit(changes)
            guard let left = confirmsLeft else { return }
            confirmsLeft = left > 0 ? left - 1 : nil
            guard left == 0 else { return }
            throw MemoryError(.powerLost, "memory")
        }
    }

    @Test func `after a write of unknown outcome nothing is written until power up`() throws {
        let world = try GasWorld()
        let memory = StumblingMemory(world.gasMeter.memory)
        let valve = SimulatedValve()
        let meter = try OffLineMeter(memory, parts: MeterParts(valve: valve, clock: AdjustableClock { 1 }))
        // The session's number is written first, then the credit.
        memory.confirmsLeft = 1
        #expect(throws: MeterError(.memory, "")) {
            try meter.redeem(from: world.channel, Amount(rawValue: 20_000_000))
        }
        #expect(throws: MeterError(.memory, "")) { try meter.redeem(from: world.channel) }
        _ = try meter.process([0x00, 0xCA, 0x01, 0x00, 0x00])
        #expect(!valve.isOpen)
        try meter.powerUp()
        #expect(valve.isOpen)
        #expect(meter.reading.purse?.balance == Amount(rawValue: 20_000_000))
        _ = try meter.redeem(from: world.channel)
        #expect(meter.reading.purse?.balance == Amount(rawValue: 50_000_000))
    }
}
