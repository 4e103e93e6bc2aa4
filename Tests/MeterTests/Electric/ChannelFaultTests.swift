import Meter
import Metrology
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// Energy that comes from a load, and more of it than a channel can measure.
@Suite struct ChannelFaultTests {
    private static func world(_ reversal: ElectricConfiguration.Reversal) throws -> ElectricWorld {
        try ElectricWorld(
            value: 10_000_000,
            ElectricConfiguration(
                price: Amount(rawValue: 1_000_000), rules: CreditRules(token: Amount(rawValue: 100_000)),
                reversal: reversal))
    }

    /// A minute at 1 kW, from the line or to it.
    private func minute(_ world: ElectricWorld, isReversed: Bool, isClipped: Bool = false) throws {
        let loop = MeteringLoop(world.meter)
        let energy = world.relay.isClosed ? Energy(microjoules: 60_000_000_000) : .zero
        var reading = ChannelReading.none
        reading.isClipped = isClipped
        try loop.tick()
        try loop.countUntilCut([
            ChannelFlow(
                imported: isReversed ? .zero : energy, exported: isReversed ? energy : .zero, reading: reading)
        ])
        world.time += 60
    }

    private func codes(_ world: ElectricWorld) -> [EventCode] {
        world.events.compactMap(\.code).filter {
            [.reversalBegins, .reversalEnds, .rangeLeft, .rangeKept].contains($0)
        }
    }

    @Test(arguments: ElectricConfiguration.Reversal.allCases)
    func `reversed energy is marked or charged as the meter is set up`(_ rule: ElectricConfiguration.Reversal) throws {
        let world = try Self.world(rule)
        for _ in 0..<60 { try minute(world, isReversed: true) }
        let reading = world.meter.reading
        #expect(reading.spent.rawValue == (rule == .charged ? 1_000_000 : 0))
        #expect(reading.imported[0].wattHours == (rule == .charged ? 1_000 : 0))
        #expect(reading.exported[0].wattHours == (rule == .charged ? 0 : 1_000))
        #expect(codes(world) == (rule == .fedIn ? [] : [.reversalBegins]))
        #expect(reading.reversedChannels == (rule == .fedIn ? [] : [1]))
        #expect(world.isBalanced)
    }

    @Test func `charged energy that is reversed ends with value as any other`() throws {
        let world = try Self.world(.charged)
        for _ in 0..<(11 * 60) { try minute(world, isReversed: true) }
        #expect(!world.relay.isClosed && world.meter.reading.value == .zero)
        #expect(world.meter.reading.spent.rawValue == 10_000_000 && world.meter.reading.debt == .zero)
    }

    @Test func `a load that comes and goes makes two events, and an hour without it ends the mark`() throws {
        let world = try Self.world(.marked)
        // Three hours in which every other minute is reversed, and two without.
        for number in 0..<180 { try minute(world, isReversed: number.isMultiple(of: 2)) }
        #expect(codes(world) == [.reversalBegins])
        for _ in 0..<59 { try minute(world, isReversed: false) }
        #expect(world.meter.reading.reversedChannels == [1])
        for _ in 0..<2 { try minute(world, isReversed: false) }
        #expect(codes(world) == [.reversalBegins, .reversalEnds])
        #expect(world.meter.reading.reversedChannels.isEmpty)
        let times = world.events.filter { $0.code == .reversalBegins || $0.code == .reversalEnds }.map(\.time.rawValue)
        #expect(times == [ElectricWorld.monday, ElectricWorld.monday + 4 * 3600])
    }

    @Test func `a channel beyond its range is an event and a mark that outlives a power cut`() throws {
        let world = try Self.world(.marked)
        try minute(world, isReversed: false, isClipped: true)
        #expect(codes(world) == [.rangeLeft] && world.meter.reading.exceededChannels == [1])
        #expect(world.meter.reading.messages.contains("OVER RANGE 1"))
        try world.powerUp()
        #expect(world.meter.reading.exceededChannels == [1])
        for _ in 0..<120 { try minute(world, isReversed: false) }
        #expect(codes(world) == [.rangeLeft, .rangeKept] && world.meter.reading.exceededChannels.isEmpty)
    }
}

extension ChannelReading {
    /// 220 V, 1 kW.
    fileprivate static let none = ChannelReading(
        voltage: 220, current: 4.5, activePower: 1_000, reactivePower: 0, apparentPower: 1_000, phaseAngle: 0,
        frequency: 50, voltageDistortion: 0, currentDistortion: 0, minCycleVoltage: 220, maxCycleVoltage: 220,
        isClipped: false, isCreeping: false, count: 1_600, duration: 0.2)
}
