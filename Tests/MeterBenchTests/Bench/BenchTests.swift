import ISO7816
import Meter
import MeterBench
import Metrology
import Testing
import ValueElement
import ValueProtocol

/// A bench operated by a program: commands, time and cards, without a terminal, a thread or real time.
@Suite struct BenchTests {
    @Test func `a card is redeemed and its value is used up`() throws {
        let world = try BenchWorld()
        let bench = world.bench
        try bench.carryOut(.insertCard(nil))
        guard case .card(let shown, let interface?) = bench.remark else {
            Issue.record("\(String(describing: bench.remark))")
            return
        }
        #expect(shown.id == BenchWorld.cardID && shown.purses.map(\.balance) == [Amount(rawValue: 25_000_000)])
        #expect(interface == CardInterface(protocolNumber: 1, millivolts: 1_800))
        try bench.carryOut(.redeem(.all))
        guard case .redeemed(let done) = bench.remark else {
            Issue.record("\(String(describing: bench.remark))")
            return
        }
        #expect(done.drawn == Amount(rawValue: 25_000_000) && done.cardBalance == .zero)
        try bench.carryOut(.load(channel: 0, watts: 1_000, powerFactor: 1))
        try bench.carryOut(.load(channel: 1, watts: 500, powerFactor: 0.8))
        try bench.advance(milliseconds: 10 * 3_600_000)
        let reading = bench.meter.reading
        #expect(abs(reading.imported[0].wattHours - 10_000) < 30, "\(reading.imported)")
        #expect(abs(reading.imported[1].wattHours - 5_000) < 20, "\(reading.imported)")
        #expect(abs(Int64(reading.spent.rawValue) - 4_500_000) < 15_000)
        #expect(world.sum == 25_000_000)
        #expect(bench.dequeueRemarks().count == 2 && bench.dequeueRemarks().isEmpty)
    }

    /// Rows of any length count right, at every step of simulated time.
    @Test(arguments: [
        (10, [3_000.0, 0, 0, 0, 0, 0], 300), (90, [3_000, 0], 900), (7, [1_000, 2_000], 420),
        (900, [500, 1_500], 1_800),
    ])
    func `a profile's energy is counted right`(interval: Int, watts: [Double], seconds: Int64) throws {
        let expected = watts.reduce(0, +) / Double(watts.count) * Double(seconds) / 3_600
        for step: Int64 in [60_000, 900_000] {
            let counted = try energy(interval, watts, for: seconds * 1_000, in: step)
            #expect(abs(counted - expected) <= expected * 0.002, "\(step): \(counted), \(expected)")
        }
    }

    /// Small steps measure every sample: some rows are enough.
    @Test(arguments: [(1, 777), (2, 1_000), (6, 950)] as [(Int, Int64)])
    func `rows of seconds count right in steps of seconds`(interval: Int, step: Int64) throws {
        // 1,200 W on average.
        let counted = try energy(interval, [3_000, 0, 0, 1_800], for: 24_000, in: step)
        #expect(abs(counted - 8) < 0.1, "\(counted)")
    }

    /// Wh that the meter counts of a profile on its first channel.
    private func energy(_ interval: Int, _ watts: [Double], for duration: Int64, in step: Int64) throws -> Double {
        let rows = watts.map { [Load(watts: $0, degrees: 0), Load.none] }
        let world = try BenchWorld(profile: LoadProfile(interval: interval, rows: rows))
        try world.bench.carryOut(.profile)
        try world.fill()
        var rest = duration
        while rest > 0 {
            try world.bench.advance(milliseconds: min(step, rest))
            rest -= step
        }
        return world.bench.meter.reading.imported[0].wattHours
    }

    /// The relay opens at the end of value: what a window measured before is no fault of it.
    @Test(arguments: [(20, false), (170, false), (500, false), (2_500, false), (50, true), (500, true)])
    func `a relay that opens is not called welded, and one that sticks is once`(step: Int64, isStuck: Bool) throws {
        let world = try BenchWorld()
        let bench = world.bench
        try bench.carryOut(.insertCard(nil))
        // 6.7 Wh, which 8 kW use up in 3 s.
        try bench.carryOut(.redeem(Amount(rawValue: 2_000)))
        bench.installation.relays[0].isStuck = isStuck
        try bench.carryOut(.load(channel: 0, watts: 8_000, powerFactor: 1))
        for _ in 0..<(5_000 / step) { try bench.advance(milliseconds: step) }
        #expect(!bench.meter.decision.isOn)
        let welded = bench.meter.events().filter { $0.code == .relayWelded }
        #expect(welded.map(\.value) == (isStuck ? [1] : []), "\(step) ms: \(welded)")
    }

    @Test func `more than a channel measures is an event, not a small bill`() throws {
        let world = try BenchWorld()
        try world.fill()
        try world.bench.carryOut(.load(channel: 0, watts: 100_000, powerFactor: 1))
        try world.bench.advance(milliseconds: 3_600_000)
        #expect(world.bench.meter.reading.exceededChannels == [1])
        #expect(world.bench.meter.events().count { $0.code == .rangeLeft } == 1)
    }

    @Test func `reversed leads are an event`() throws {
        let world = try BenchWorld()
        try world.fill()
        try world.bench.carryOut(.load(channel: 1, watts: -1_000, powerFactor: 1))
        try world.bench.advance(milliseconds: 86_400_000)
        #expect(world.bench.meter.reading.reversedChannels == [2])
        let events = world.bench.meter.events().filter { $0.code == .reversalBegins || $0.code == .reversalEnds }
        #expect(events.map(\.value) == [2])
    }

    @Test func `time passes at the bench's speed, and no part of a millisecond is lost`() throws {
        let bench = try BenchWorld().bench
        let start = bench.installation.milliseconds
        for _ in 0..<10 { try bench.step(elapsed: .microseconds(400)) }
        #expect(bench.installation.milliseconds - start == 4)
        try bench.carryOut(.speed(SimulationSpeed(factor: 60)))
        try bench.step(elapsed: .milliseconds(100))
        #expect(bench.installation.milliseconds - start == 6_004)
        // At maximum speed it advances to the next quarter of an hour, whatever real time has passed.
        try bench.carryOut(.speed(SimulationSpeed(factor: nil)))
        try bench.step(elapsed: .zero)
        #expect(bench.installation.milliseconds - start == 900_000)
    }

    @Test func `a script waits in simulated time, and the bench ends after its duration`() throws {
        let script = try BenchCommand.script("load 600\nwait 20m\nload 2 100 # a lamp\nwait 1h\ncover open")
        let bench = try BenchWorld(
            speed: SimulationSpeed(factor: nil), script: script, duration: SimulatedDuration(seconds: 6_000)
        ).bench
        var minutes: [Int64] = []
        while !bench.isOver {
            try bench.step(elapsed: .zero)
            minutes.append((bench.installation.milliseconds - BenchWorld.start) / 60_000)
        }
        #expect(minutes == [15, 20, 30, 45, 60, 75, 80, 90, 100])
        let opened = try #require(bench.meter.events().first { $0.code == .coverOpened })
        #expect(opened.time.rawValue == UInt32(BenchWorld.start / 1000) + 4_800)
    }

    @Test func `a report is asked for at a moment, and time stands still for one step`() throws {
        let bench = try BenchWorld(
            speed: SimulationSpeed(factor: nil), script: [.show, .load(channel: 0, watts: 1, powerFactor: 1)]
        ).bench
        try bench.step(elapsed: .zero)
        #expect(bench.isReportWanted && bench.installation.milliseconds == BenchWorld.start)
        try bench.step(elapsed: .zero)
        #expect(!bench.isReportWanted && bench.installation.milliseconds == BenchWorld.start + 900_000)
        try bench.step([.command(.show), .command(.quit)], elapsed: .zero)
        #expect(bench.isReportWanted && bench.isOver)
    }

    @Test func `the slot has power as long as the meter`() throws {
        let bench = try BenchWorld().bench
        func text(_ command: BenchCommand) throws -> String {
            try bench.carryOut(command)
            return switch bench.remark {
            case nil: "nothing"
            case .card: "card"
            case .cardWaits: "waits"
            case .cardOut: "out"
            case .noPower: "no power"
            case .redeemed(let done): "redeemed \(done.drawn)"
            case .failed(let error): "\(type(of: error))"
            default: "something else"
            }
        }
        #expect(try text(.redeem(.all)) == "MeterError")
        #expect(try text(.insertCard(nil)) == "card")
        #expect(try text(.power(false, withLastGasp: true)) == "nothing")
        guard case .empty = bench.slot.content else {
            Issue.record("the card had power")
            return
        }
        #expect(try text(.redeem(.all)) == "no power")
        #expect(try text(.key(.digit(1))) == "no power")
        #expect(try text(.power(true, withLastGasp: true)) == "card")
        #expect(try text(.redeem(Amount(rawValue: 5_000_000))) == "redeemed 5.00")
        #expect(try text(.insertCard("sle4442")) == "MeterError")
        #expect(try text(.insertCard("at24c02")) == "MeterError")
        #expect(try text(.insertCard("card2")) == "MemoryError")
        #expect(try text(.power(false, withLastGasp: true)) == "nothing")
        #expect(try text(.insertCard(nil)) == "waits")
        #expect(try text(.power(true, withLastGasp: true)) == "card")
        #expect(try text(.toggleCard) == "out")
        #expect(try text(.toggleCard) == "card")
    }

    @Test func `a card in a reader comes as a channel`() throws {
        let bench = try BenchWorld().bench
        let event = BenchEvent.cardInserted(try InProcessChannel(try BenchWorld.card()))
        try bench.step([event], elapsed: .zero)
        guard case .card(let shown, nil) = bench.remark else {
            Issue.record("\(String(describing: bench.remark))")
            return
        }
        #expect(shown.id == BenchWorld.cardID)
        try bench.step([.cardRemoved], elapsed: .zero)
        guard case .cardOut = bench.remark else {
            Issue.record("\(String(describing: bench.remark))")
            return
        }
        #expect(throws: CardError.self) {
            try bench.step([.failed(CardError(.noService, subject: "reader"))], elapsed: .zero)
        }
    }

    @Test func `what is done to the meter's parts is seen by the meter`() throws {
        let bench = try BenchWorld().bench
        try bench.carryOut(.magnet(nil))
        try bench.carryOut(.surge)
        try bench.carryOut(.surge)
        try bench.carryOut(.relay(1, isStuck: nil))
        #expect(bench.installation.relays.map(\.isStuck) == [false, true])
        #expect(bench.meter.events().map(\.code).suffix(3) == [.magnetBegins, .surge, .surge])
        #expect(bench.face.isTampered)
        try bench.carryOut(.emergency)
        guard case .emergencyAsked = bench.remark else {
            Issue.record("\(String(describing: bench.remark))")
            return
        }
        try bench.carryOut(.relay(7, isStuck: true))
        guard case .noChannel(8) = bench.remark else {
            Issue.record("\(String(describing: bench.remark))")
            return
        }
    }

    @Test func `the face shows what is typed, and else the page`() throws {
        let bench = try BenchWorld().bench
        try bench.carryOut(.page(.use))
        #expect(bench.face.display[0].hasPrefix("USED kWh"))
        try bench.carryOut(.key(.digit(0)))
        #expect(bench.face.display[0].hasPrefix("FROM CARD"))
        #expect(bench.face.channels.map(\.volts) == [220, 110] && bench.face.isPowered && !bench.face.isTampered)
    }

    @Test(arguments: [false, true]) func `loads are multiplied up to a megawatt`(isByProfile: Bool) throws {
        let loads = BenchLoads(
            isByProfile ? [] : [Load(watts: 1_000, degrees: 30), Load(watts: -1_000, degrees: 180), .none],
            profile: try LoadProfile.household())
        for _ in 0..<400 { loads.change(by: 10) }
        let now = loads.loads(at: UInt32(BenchWorld.start / 1000))
        #expect(now.allSatisfy { abs($0.watts) <= 1e6 })
        #expect(now.contains { $0.watts == 1e6 })
    }

    @Test func `the profile is followed until a load is set by hand`() throws {
        let profile = try LoadProfile(parsing: "seconds a row,900\nwatts,degrees\n400,0\n")
        let bench = try BenchWorld(profile: profile).bench
        try bench.carryOut(.redeem(.all))
        try bench.carryOut(.profile)
        #expect(bench.installation.load(1_767_571_200).map(\.watts) == [400])
        try bench.carryOut(.changeLoad(factor: 2))
        #expect(bench.installation.load(1_767_571_200).map(\.watts) == [800])
        try bench.carryOut(.load(channel: 1, watts: 50, powerFactor: -0.5))
        let loads = bench.installation.load(1_767_571_200)
        #expect(loads.map(\.watts) == [0, 50] && abs(loads[1].degrees + 60) < 1e-9)
    }
}

/// A bench in real time, whose steps are shorter than a measurement window.
@Suite struct ShortStepTests {
    /// Energy that flowed before the relay opened is reported with the window that ends after it.
    @Test(arguments: [true, false])
    func `a relay that opens within a window is not taken for a welded one`(isSwitchedOff: Bool) throws {
        let world = try BenchWorld()
        let bench = world.bench
        try bench.carryOut(.insertCard(nil))
        // At 3 kW a micro-unit of 0.30 per kWh lasts 4 ms.
        try bench.carryOut(.redeem(Amount(rawValue: isSwitchedOff ? 5_000_000 : 250)))
        try bench.carryOut(.load(channel: 0, watts: 3_000, powerFactor: 1))
        for _ in 0..<30 { try bench.step(elapsed: .milliseconds(50)) }
        if isSwitchedOff { try bench.carryOut(.channel(0, isOn: false)) }
        for _ in 0..<30 { try bench.step(elapsed: .milliseconds(50)) }
        #expect(!bench.installation.relays[0].isClosed)
        #expect(!bench.meter.events().contains { $0.code == .relayWelded })
    }

    @Test func `a contact that is welded is still found`() throws {
        let bench = try BenchWorld().bench
        try bench.carryOut(.insertCard(nil))
        try bench.carryOut(.redeem(Amount(rawValue: 250)))
        try bench.carryOut(.load(channel: 0, watts: 3_000, powerFactor: 1))
        try bench.carryOut(.relay(0, isStuck: true))
        for _ in 0..<60 { try bench.step(elapsed: .milliseconds(50)) }
        #expect(bench.meter.events().filter { $0.code == .relayWelded }.map(\.value) == [1])
    }
}
