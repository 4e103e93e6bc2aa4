import Meter
import Metrology
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// Power cuts of a local unit: what it loses, and that nothing is doubled.
@Suite struct TransformerPowerTests {
    private static let watts: Int64 = 12_345
    private static let givenBack: Int64 = 678
    private static let phases: Int64 = 3

    /// What a minute of all phases is, in µJ.
    private static let minute = (
        imported: Int128(watts * 60_000_000 * phases), exported: Int128(givenBack * 60_000_000 * phases)
    )

    /// Fifty minutes, in which the host reads and sets the clock.
    private static func live(_ world: TransformerWorld, _ counted: inout Int) throws {
        for minute in 0..<50 {
            try world.meter.tick()
            counted += 1
            try world.minute(watts: watts, givenBack: givenBack)
            if minute == 20 { _ = try world.setClock(to: world.meter.time.rawValue + 30) }
            if minute == 35 {
                var session = try world.session(.usage)
                _ = try session.pages(.quarterHours)
            }
        }
        try world.meter.lastGasp()
    }

    private static func writes() throws -> Int {
        let world = try TransformerWorld()
        world.power.cutPower(atWrite: .max, keeping: .everything)
        var counted = 0
        try live(world, &counted)
        #expect(world.addsUp && counted == 50)
        #expect(world.meter.reading.imported.reduce(.zero, +).microjoules == 50 * minute.imported)
        return world.power.writes
    }

    @Test(arguments: FailureSwitch.Portion.allCases)
    func `a cut at any write loses at most a minute and doubles nothing`(portion: FailureSwitch.Portion) throws {
        let writes = try Self.writes()
        #expect((50...80).contains(writes))
        for write in 1...writes {
            let world = try TransformerWorld()
            var counted = 0
            world.power.cutPower(atWrite: write, keeping: portion)
            #expect(throws: (any Error).self) { try Self.live(world, &counted) }
            try world.powerUp()
            let reading = world.meter.reading
            // Both directions and the records are of the same write.
            let imported = reading.imported.reduce(.zero, +).microjoules
            let exported = reading.exported.reduce(.zero, +).microjoules
            let kept = [counted, counted - 1].first { Int128($0) * Self.minute.imported == imported }
            #expect(kept.map { Int128($0) * Self.minute.exported } == exported, "write \(write)")
            #expect(world.addsUp, "write \(write)")
            #expect([0, 30].contains(world.meter.time.rawValue - world.time), "write \(write)")
            #expect(world.meter.eventCount == world.meter.events().count)
            for _ in 0..<20 { try world.minute(watts: Self.watts) }
            #expect(world.addsUp, "after write \(write)")
            var session = try world.session(.usage)
            #expect(try session.pages(.hours).count == 1)
        }
    }

    @Test func `a last gasp loses nothing, and nothing is counted after it`() throws {
        let world = try TransformerWorld()
        try world.meter.tick()
        try world.meter.count([Energy(wattHours: 7), Energy(wattHours: 5), .zero])
        try world.meter.lastGasp()
        let before = world.meter.reading
        try world.meter.count([Energy(wattHours: 7), .zero, .zero])
        try world.meter.tick()
        try world.meter.lastGasp()
        #expect(throws: (any Error).self) { try world.meter.process([0, 0xA4, 4, 0, 0]) }
        try world.powerUp()
        #expect(world.meter.reading == before && world.wattHours.imported == 12)
        #expect(world.meter.events().map(\.code).suffix(2) == [.lastGasp, .powerUp])
    }

    @Test func `a unit whose last gasp fails has what was written before`() throws {
        let world = try TransformerWorld()
        for _ in 0..<5 { try world.minute(watts: 60_000) }
        world.power.cutPower(atWrite: 1, keeping: .half)
        #expect(throws: MeterError(.memory, "")) { try world.meter.lastGasp() }
        #expect(throws: MeterError(.memory, "")) { try world.meter.powerUp() }
        try world.powerUp()
        #expect(world.wattHours.imported == 12_000 && world.addsUp)
    }

    @Test(arguments: FailureSwitch.Portion.allCases)
    func `a reset after a write of unknown outcome loads what is there`(portion: FailureSwitch.Portion) throws {
        let world = try TransformerWorld()
        for _ in 0..<3 { try world.minute(watts: 20_000) }
        world.power.cutPower(atWrite: 1, keeping: portion)
        #expect(throws: MeterError(.memory, "")) { try world.meter.tick() }
        // Nothing is written over what is not known.
        #expect(throws: MeterError(.memory, "")) { try world.minute(watts: 20_000) }
        #expect(throws: (any Error).self) { try world.meter.reset() }
        world.power.restorePower()
        try world.meter.reset()
        #expect(world.wattHours.imported == (portion == .everything ? 3_000 : 2_000) && world.addsUp)
        for _ in 0..<3 { try world.minute(watts: 20_000) }
        #expect(world.addsUp)
    }

    @Test func `what a refused write would have recorded is recorded once`() throws {
        let world = try TransformerWorld()
        let memory = RefusingMemory(world.memory)
        let meter = try TransformerMeter(
            memory, parts: TransformerParts(clock: AdjustableClock { [crystal = world.crystal] in crystal.seconds }))
        for _ in 0..<60 {
            try meter.tick()
            try meter.count([Energy(wattHours: 10), .zero, .zero], exported: [.zero, Energy(wattHours: 3), .zero])
            world.time += 60
        }
        let events = meter.events()
        memory.isRefusing = true
        // The end of the hour.
        for _ in 0..<2 { #expect(throws: MeterError(.memory, "")) { try meter.tick() } }
        #expect(throws: MeterError(.memory, "")) { try meter.lastGasp() }
        #expect(meter.events() == events)
        memory.isRefusing = false
        try meter.tick()
        for series in UsageSeries.allMeasured {
            let isGivenBack = [.hoursGivenBack, .quarterHoursGivenBack].contains(series)
            #expect(meter.usage(series).reduce(0) { $0 + $1.quantity } == (isGivenBack ? 180 : 600), "\(series)")
        }
        #expect(meter.eventCount == meter.events().count)
    }

    /// Writing each minute wears a flash of one megabyte far less than it endures in twenty years.
    @Test func `writing each minute wears no page out`() throws {
        let flash = SimulatedFlash()
        let world = try TransformerWorld()
        let memory = try FlashMemory.create(on: flash, try world.memory.load())
        let meter = try TransformerMeter(
            memory, parts: TransformerParts(clock: AdjustableClock { [crystal = world.crystal] in crystal.seconds }))
        for minute in 0..<(10 * 1440) {
            try meter.tick()
            try meter.count([Energy(wattHours: minute % 1000), Energy(wattHours: 1), .zero])
            world.time += 60
        }
        try meter.lastGasp()
        let most = try #require(flash.erasures.max())
        #expect(most > 3 && most * 37 * 20 < flash.geometry.endurance, "\(most)")
        let again = try TransformerMeter(
            try FlashMemory(on: flash),
            parts: TransformerParts(clock: AdjustableClock { [crystal = world.crystal] in crystal.seconds }))
        #expect(again.reading == meter.reading && again.usage(.quarterHours).count >= 10 * 96)
    }
}
