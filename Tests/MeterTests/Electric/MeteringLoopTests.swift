import Meter
import Metrology
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// A meter fed with samples by its own loop: without a bench or simulated installation.
@Suite struct MeteringLoopTests {
    /// Two channels, 0.30 per kWh by default.
    private final class World {
        static let ratings = [
            ChannelRating(nominalVoltage: 220, nominalCurrent: 20),
            ChannelRating(nominalVoltage: 110, nominalCurrent: 10, nominalFrequency: 60),
        ]
        let relays = [SimulatedRelay(), SimulatedRelay()]
        let meter: ElectricMeter
        let loop: MeteringLoop
        var lines: [SampledLine]
        /// Tenths of seconds of the meter's crystal.
        private final class Time { var tenths = 0 }
        private let time = Time()

        init(value: UInt64, price: UInt64 = 300_000, limits: [UInt32] = [], tariff: TariffTable? = nil) throws {
            let configuration = ElectricConfiguration(
                channels: 2, price: Amount(rawValue: price), rules: CreditRules(token: Amount(rawValue: 20_000)),
                limits: limits)
            let (time, relays) = (time, relays)
            let memory = VolatileMemory(try ElectricWorld.records(value, configuration, tariff))
            let clock = AdjustableClock { ElectricWorld.monday + UInt32(time.tenths / 10) }
            meter = try ElectricMeter(memory, parts: ElectricParts(relays: relays, clock: clock))
            lines = zip(World.ratings, relays).map { SampledLine($0, $1, watts: 0) }
            loop = MeteringLoop(meter, measuring: zip(World.ratings, lines).map { ChannelMeasurement($0, $1.frontEnd) })
        }

        /// Lets the converters sample for some seconds.
        func sample(seconds: Double) throws {
            for _ in 0..<Int(seconds * 10) {
                for channel in lines.indices {
                    let (voltage, current) = lines[channel].next()
                    try loop.feed(voltage: voltage.span, current: current.span, channel: channel)
                }
                time.tenths += 1
            }
        }

        /// Time passes without samples.
        func pass(seconds: Int) { time.tenths += 10 * seconds }
    }

    private static func joules(_ energy: Energy) -> Double { Double(energy.microjoules) / 1e6 }

    /// As after the reset of a metering chip, whose counter then begins at zero.
    @Test(arguments: [false, true]) func `negative energy is reported, and hides none of the others'`(
        isUntilCut: Bool
    ) throws {
        let world = try World(value: 50_000_000)
        try world.loop.tick()
        let (lost, used) = (Energy(wattHours: -100), Energy(wattHours: 40))
        for flow in [ChannelFlow(imported: lost), ChannelFlow(exported: lost)] {
            let before = world.meter.reading
            #expect(throws: MeterError(.negativeEnergy, "")) {
                let flows = [flow, ChannelFlow(imported: used, exported: used)]
                if isUntilCut { try world.loop.countUntilCut(flows) } else { try world.loop.count(flows) }
            }
            let after = world.meter.reading
            #expect(after.imported == [.zero, before.imported[1] + used])
            #expect(after.exported == [.zero, before.exported[1] + used])
            #expect(after.spent.rawValue == before.spent.rawValue + 12_000)
        }
        #expect(throws: MeterError(.negativeEnergy, "")) { try world.meter.count([used, lost]) }
        #expect(world.meter.reading.imported[0] == used)
    }

    @Test func `a meter whose last gasp fails has no power either`() throws {
        let world = try ElectricWorld(value: 1_000_000, ElectricMeterTests.configuration())
        let loop = MeteringLoop(world.meter)
        world.power.cutPower(atWrite: 1, keeping: .nothing)
        #expect(throws: MeterError(.memory, "")) { try loop.powerWarning(holdUp: 100) }
        #expect(!loop.isPowered)
        // Nothing more is counted until power is back.
        try loop.count([ChannelFlow(imported: Energy(wattHours: 1))])
        world.power.restorePower()
        try loop.powerUp()
        #expect(loop.isPowered && world.meter.reading.imported == [.zero] && world.isBalanced)
    }

    @Test func `what the samples hold is counted and charged`() throws {
        let world = try World(value: 50_000_000)
        world.lines[0].watts = 1_000
        world.lines[1].watts = 200
        try world.sample(seconds: 60)
        let reading = world.meter.reading
        let used = reading.imported.map(Self.joules)
        // The window still open at the end, and the first, in which the line is detected, are not counted.
        #expect(abs(used[0] - 60_000) < 400 && abs(used[1] - 12_000) < 80, "\(used)")
        let cost = 0.3 * (used[0] + used[1]) / 3.6e6
        #expect(abs(Double(reading.spent.rawValue) / 1e6 - cost) < 2e-6)
        let shown = try #require(world.loop.readings[1])
        #expect(
            abs(shown.voltage - 110) < 0.1 && abs(shown.frequency - 60) < 0.01 && abs(shown.activePower - 200) < 0.2)
    }

    @Test func `the relay opens within a window of the end of value, and no contact is taken for welded`() throws {
        // 0.02 at 720 per kWh is 100 J.
        let world = try World(value: 20_000, price: 720_000_000)
        world.lines[0].watts = 1_000
        world.lines[1].watts = 500
        try world.sample(seconds: 3)
        let reading = world.meter.reading
        #expect(world.meter.decision.reason == .noValue && world.relays.allSatisfy { !$0.isClosed })
        #expect(reading.value == .zero)
        let used = reading.imported.map(Self.joules).reduce(0, +)
        // 1,500 W for one window, plus the samples taken before the relays opened.
        #expect(used >= 100 && used < 100 + 1_500 * 0.4, "\(used)")
        #expect(abs(Double(reading.debt.rawValue) / 1e6 - (used - 100) * 0.0002) < 1e-5)
        #expect(reading.faultyRelays == [])
        #expect(!world.meter.events().contains { $0.code == .relayWelded })
    }

    @Test func `energy through a contact that is welded is reported and owed`() throws {
        let world = try World(value: 20_000, price: 720_000_000)
        world.lines[0].watts = 1_000
        world.relays[0].isStuck = true
        try world.sample(seconds: 5)
        #expect(world.relays.map(\.isClosed) == [true, false])
        #expect(world.meter.reading.faultyRelays == [1])
        // By the contact sense or by the energy that flows, whichever tells first.
        #expect(world.meter.events().filter { $0.code == .relayWelded }.map(\.value) == [1])
        #expect(Self.joules(world.meter.reading.imported[0]) > 4_500)
        #expect(world.meter.reading.debt > Amount(rawValue: 800_000))
    }

    @Test func `nothing below the creep limit is counted`() throws {
        let world = try World(value: 50_000_000)
        // 4.4 kW nominal: 0.88 W.
        world.lines[0].watts = 0.5
        try world.sample(seconds: 5)
        #expect(world.meter.reading.imported == [.zero, .zero])
        #expect(world.loop.readings[0]?.isCreeping == true)
    }

    @Test func `a channel beyond its limit is opened and tried again`() throws {
        let world = try World(value: 50_000_000, limits: [1_500, 0])
        world.lines[0].watts = 2_000
        try world.sample(seconds: 2)
        guard case .overloaded = world.meter.state(ofChannel: 0) else {
            Issue.record("the channel is \(world.meter.state(ofChannel: 0))")
            return
        }
        #expect(world.relays.map(\.isClosed) == [false, true])
        world.lines[0].watts = 100
        world.pass(seconds: Int(ElectricConfiguration.overloadPause))
        try world.sample(seconds: 1)
        #expect(world.relays.map(\.isClosed) == [true, true])
    }

    @Test func `the rate changes at the minute of the meter's own clock`() throws {
        let entries = [(0, 100), (1, 200)].compactMap {
            TariffTable.Entry(days: 0x7F, minute: UInt16($0.0), percent: UInt16($0.1))
        }
        let tariff = TariffTable(
            id: 1, price: Amount(rawValue: 300_000), currency: ElectricWorld.currency, entries: entries)
        let world = try World(value: 50_000_000, tariff: tariff)
        world.lines[0].watts = 1_000
        #expect(world.loop.millisecondsUntilMinute() == 60_000)
        try world.sample(seconds: 59.5)
        #expect(world.meter.reading.percent == 100)
        #expect(world.loop.millisecondsUntilMinute(millisecond: 500) == 500)
        try world.sample(seconds: 1)
        #expect(world.meter.reading.percent == 200)
    }

    @Test(arguments: [400, MeteringLoop.lastGaspMilliseconds - 1, 0])
    func `a power warning keeps the token where there is time to write it down`(holdUp: Double) throws {
        let world = try World(value: 50_000_000)
        world.lines[0].watts = 1_000
        try world.sample(seconds: 30)
        let before = world.meter.reading
        try #require(before.remaining > .zero)
        if holdUp > 0 { try world.loop.powerWarning(holdUp: holdUp) } else { world.loop.powerLost() }
        #expect(!world.loop.isPowered)
        // Without power, samples and ticks do nothing.
        try world.sample(seconds: 2)
        try world.loop.tick()
        #expect(world.meter.reading == before)
        try world.loop.powerUp()
        #expect(world.loop.isPowered)
        let kept = holdUp >= MeteringLoop.lastGaspMilliseconds
        #expect(world.meter.reading.forfeited == (kept ? .zero : Amount(rawValue: 20_000)))
        #expect(world.meter.reading.remaining == (kept ? before.remaining : .zero))
        try world.sample(seconds: 1)
        #expect(world.meter.reading.imported[0] > before.imported[0] - Energy(microjoules: 30_000_000_000))
    }

    @Test func `energy that was measured elsewhere is all counted, and what would flow stops where value does`() throws
    {
        for wouldFlow in [false, true] {
            // 0.02 at 720 per kWh is 100 J.
            let world = try World(value: 20_000, price: 720_000_000)
            let flow = [ChannelFlow(imported: Energy(microjoules: 150_000_000)), ChannelFlow()]
            if wouldFlow { try world.loop.countUntilCut(flow) } else { try world.loop.count(flow) }
            let reading = world.meter.reading
            #expect(world.meter.decision.reason == .noValue && world.relays.allSatisfy { !$0.isClosed })
            // To the micro-unit: 5 mJ at this price.
            #expect(abs(Self.joules(reading.imported[0]) - (wouldFlow ? 100 : 150)) <= 0.005)
            #expect(reading.debt == (wouldFlow ? .zero : Amount(rawValue: 10_000)))
        }
    }
}
