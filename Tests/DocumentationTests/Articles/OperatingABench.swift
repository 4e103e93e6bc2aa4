import CardCrypto
import Meter
import MeterBench
import Metrology
import TestSupport
import Testing
import ValueElement
import ValueProtocol

/// MeterBench: Operating a bench.
@Suite struct MeterBenchArticles {
    private final class StillClock: BenchClock {
        private(set) var now = Duration.zero
        func wait(for queue: BenchQueue, atMost duration: Duration) { now += duration }
    }

    @Test func `operating a bench`() throws {
        let place = try TemporaryFolder()
        defer { withExtendedLifetime(place) {} }
        let (path, now) = (place.path(of: "meter"), Int64(1_767_571_200_000))
        try MeterFolder(path: path).make(
            try ElectricMeter.records(
                PartyID(issuer: 0x00A1_B2C3, kind: .electricMeter, number: 0x77),
                transportKey: try SystemRandomness.key(),
                ElectricConfiguration(price: Amount(rawValue: 300_000), rules: CreditRules(token: .all))),
            MeterEnvironment(channels: [
                MeterEnvironment.Channel(ChannelRating(nominalVoltage: 220, nominalCurrent: 40), seed: 1)
            ]))
        let clock = StillClock()

        let unit = try BenchMeter(MeterFolder(path: path), now: now)
        let cards = BenchCards { name in (name, try ValueCard(try MemoryFile.open(at: name), name: name)) }
        let loads = BenchLoads([], profile: try LoadProfile.household())
        let bench = Bench(unit, Bench.Setup(loads: loads, cards: cards))
        try bench.carryOut(.load(channel: 0, watts: 1_500, powerFactor: 0.9))
        try bench.carryOut(.cover(true))
        try bench.advance(milliseconds: 3_600_000)
        print(bench.meter.reading.value, bench.meter.events().count)
        let script = try BenchCommand.script(
            """
            load 1500 0.9   # W, and cos φ
            wait 1h
            power fails
            """)
        #expect(script.count == 3)
        let queue = BenchQueue()
        try BenchDriver(bench, queue: queue, clock: clock).run(frame: .milliseconds(50)) { bench in
            print(bench.face.display)
            if bench.time.rawValue % 60 == 0 { queue.add(.command(.quit)) }
        }
        try unit.stop()
        #expect(bench.meter.events().contains { $0.code == .coverOpened })
    }
}
