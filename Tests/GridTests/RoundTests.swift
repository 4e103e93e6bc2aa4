import Grid
import GridSimulation
import GridWorlds
import LineTesting
import PowerLine
import Testing

@Suite("A round") struct RoundTests {
    /// INITIALIZE, and a day of hours by READ USAGE in its packed form.
    private static let day: [(command: Int, answer: Int)] = [(30, 46), (39, 133)]
    /// INITIALIZE, and STORE CREDIT.
    private static let load: [(command: Int, answer: Int)] = [(30, 46), (56, 52)]
    private static let turn = Duration.milliseconds(15)

    /// A branch of 256 meters with open connections.
    private func branch(_ bitRate: Int, seed: UInt64) -> SimulatedBranch {
        var branch = SimulatedBranch(bitRate: bitRate, meters: 256, seed: seed, element: RoundHost.element)
        #expect(branch.run(until: .seconds(900)) { !$0.unit.isRegistering })
        // The first exchange with a meter opens its connection.
        return RoundHost.opened(branch)
    }

    @Test(arguments: [2_400, 9_600, 21_400, 128_000])
    func `the line is never idle while a meter is to be read`(_ bitRate: Int) {
        var branch = branch(bitRate, seed: 1)
        for meter in branch.meters.indices {
            branch.setProcessing(bitRate > 9_600 ? .milliseconds(4) : .milliseconds(9), of: meter)
        }
        let (begin, bytes) = (branch.now, branch.byteCount)
        var host = RoundHost(branch, thinking: .milliseconds(100), steps: Self.day)
        for meter in 0..<256 { host.begin(meter, at: begin) }
        host.run(until: .seconds(7_200)) { $0.read.count == 256 }
        #expect(host.read.count == 256)
        // Each exchange is two frames; a meter that is asked begins within its turn.
        let turns = Duration.milliseconds(bitRate > 9_600 ? 10 : 20) * (256 * Self.day.count)
        let sum = Duration.nanoseconds(10_000_000_000 / bitRate) * (host.branch.byteCount - bytes) + turns
        #expect((host.branch.now - begin) / sum <= 1.1)
    }

    /// The times that loads take, in seconds, in the middle of a round at 2,400 bit/s, least first.
    private func loadTimes(badMeters: Int) -> [Double] {
        var times: [Double] = []
        for seed in 1...2 as ClosedRange<UInt64> {
            var branch = branch(2_400, seed: seed)
            var faults = SimulatedLine.Faults.bitErrors(0.001)
            faults.burstRate = 0.0005
            for index in 0..<badMeters { branch.setFaults(faults, of: index * 19) }
            let begin = branch.now
            var host = RoundHost(branch, thinking: .milliseconds(100), steps: Self.day)
            host.loadSteps = Self.load
            for meter in 0..<256 { host.begin(meter, at: begin) }
            var asked: [Int: Duration] = [:]
            for index in 0..<30 {
                let meter = (index * 17 + 3) % 256
                asked[meter] =
                    begin + .milliseconds(10_000 + index * 10_000 + (index * 7_919 + Int(seed) * 104_729) % 9_000)
            }
            for (meter, time) in asked { host.begin(meter, .load, at: time) }
            host.run(until: begin + .seconds(3_000)) { $0.read.count == 256 && $0.loads.count == 30 }
            #expect(host.read.count == 256)
            #expect(host.loads.count == 30)
            times += host.loads.map { ($0.value - (asked[$0.key] ?? .zero)) / .seconds(1) }
        }
        return times.sorted()
    }

    @Test func `a load goes before the readings of a round`() {
        let times = loadTimes(badMeters: 0)
        #expect(times[times.count / 2] <= 1.7)
        #expect(times[times.count * 99 / 100] <= 2.5)
    }

    @Test func `a load does not wait for meters on bad lines`() {
        let times = loadTimes(badMeters: 13)
        #expect(times[times.count * 99 / 100] <= 5)
    }

    @Test func `meters on bad lines are read in the round, and silent ones do not hold it up`() {
        var branch = branch(2_400, seed: 7)
        var faults = SimulatedLine.Faults.bitErrors(0.001)
        faults.burstRate = 0.0005
        for index in 0..<13 { branch.setFaults(faults, of: index * 19 + 1) }
        for meter in [40, 90, 200] { branch.setPower(false, of: meter) }
        let begin = branch.now
        var host = RoundHost(branch, thinking: .milliseconds(100), steps: Self.day)
        for meter in 0..<256 { host.begin(meter, at: begin) }
        host.run(until: begin + .seconds(3_600)) { $0.read.count + $0.failed.count == 256 }
        #expect(host.read.count == 253)
        #expect(host.failed.keys.sorted() == [40, 90, 200])
        // Their connections were open: who does not answer may have heard.
        #expect(host.failed.values.allSatisfy { $0 == .perhapsDone(.silent) })
        let quiet = host.branch.reports.compactMap { if case .quiet(let meter) = $0.report { meter } else { nil } }
        #expect(Set(quiet) == Set([40, 90, 200].map { host.branch.meters[$0].eid }))
        // A round without them takes about 360 s.
        #expect(host.branch.now - begin < .seconds(440))
    }
}
