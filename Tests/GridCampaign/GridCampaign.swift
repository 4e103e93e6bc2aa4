import ArgumentParser
import Grid
import GridSimulation
import GridWorlds
import LineTesting
import PowerLine

/// Measures a local unit with 256 meters in virtual time; the same seeds give the same figures on every machine.
@main struct GridCampaign: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "GridCampaign",
        subcommands: [Registration.self, Round.self, Loads.self, Speed.self, Lives.self, Restored.self, Study.self])

    static let meters = 256
    /// INITIALIZE, and a day of hours by READ USAGE in its packed form.
    static let day: [(command: Int, answer: Int)] = [(30, 46), (39, 133)]
    /// INITIALIZE, and STORE CREDIT.
    static let load: [(command: Int, answer: Int)] = [(30, 46), (56, 52)]

    static func branch(_ bitRate: Int, _ seed: UInt64) -> SimulatedBranch {
        var branch = SimulatedBranch(bitRate: bitRate, meters: meters, seed: seed, element: RoundHost.element)
        _ = branch.run(until: .seconds(3_600)) { !$0.unit.isRegistering }
        return RoundHost.opened(branch)
    }

    static func seconds(_ time: Duration) -> Double { time / .seconds(1) }

    static func text(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }

    /// Median, 99th percentile and most.
    static func line(_ values: [Double]) -> String {
        let sorted = values.sorted()
        let (middle, high) = (sorted[sorted.count / 2], sorted[min(sorted.count - 1, sorted.count * 99 / 100)])
        return "p50 \(text(middle)) s, p99 \(text(high)) s, most \(text(sorted[sorted.count - 1])) s"
    }
}

/// New meters, all at once, at 2,400 bit/s, with 5 % of frames lost.
struct Registration: ParsableCommand {
    @Option var seeds: UInt64 = 200

    func run() {
        var (assigned, connected): ([Double], [Double]) = ([], [])
        for seed in 1...seeds {
            var faults = SimulatedLine.Faults()
            faults.loses = 0.05
            var branch = SimulatedBranch(bitRate: 2_400, meters: GridCampaign.meters, faults: faults, seed: seed)
            let all = branch.run(until: .seconds(3_600)) { branch in
                branch.meters.allSatisfy { $0.station.membership.assignment != nil }
            }
            precondition(all, "seed \(seed): not all assigned in an hour")
            assigned.append(GridCampaign.seconds(branch.now))
            let proved = branch.run(until: .seconds(3_600)) { branch in
                branch.meters.allSatisfy { $0.station[.element]?.client != nil }
            }
            precondition(proved, "seed \(seed): not all connected in an hour")
            connected.append(GridCampaign.seconds(branch.now))
        }
        print("assigned:  \(GridCampaign.line(assigned))")
        print("connected: \(GridCampaign.line(connected))")
    }
}

/// A round with open connections, beside the sum of its bytes and turns.
struct Round: ParsableCommand {
    func run() {
        for bitRate in [2_400, 9_600, 21_400, 128_000] {
            var branch = GridCampaign.branch(bitRate, 1)
            let (processing, turn) = bitRate > 9_600 ? (4, 10) : (9, 20)
            for meter in branch.meters.indices { branch.setProcessing(.milliseconds(processing), of: meter) }
            let (begin, bytes) = (branch.now, branch.byteCount)
            var host = RoundHost(branch, thinking: .milliseconds(100), steps: GridCampaign.day)
            for meter in 0..<GridCampaign.meters { host.begin(meter, at: begin) }
            host.run(until: begin + .seconds(7_200)) { $0.read.count == GridCampaign.meters }
            let sent = host.branch.byteCount - bytes
            let turns = Duration.milliseconds(turn) * (GridCampaign.meters * GridCampaign.day.count)
            let sum = Duration.nanoseconds(10_000_000_000 / bitRate) * sent + turns
            let time = host.branch.now - begin
            print(
                "\(bitRate) bit/s: \(host.read.count) read in \(GridCampaign.text(GridCampaign.seconds(time))) s, "
                    + "\(sent) bytes, \(GridCampaign.text(time / sum)) of bytes and turns")
        }
    }
}

/// Loads in the middle of a round at 2,400 bit/s.
struct Loads: ParsableCommand {
    @Option var seeds: UInt64 = 20

    func run() {
        for bad in [0, 13] {
            var (times, unread): ([Double], Int) = ([], 0)
            for seed in 1...seeds {
                var branch = GridCampaign.branch(2_400, seed)
                var faults = SimulatedLine.Faults.bitErrors(0.001)
                faults.burstRate = 0.0005
                for index in 0..<bad { branch.setFaults(faults, of: index * 19) }
                let begin = branch.now
                var host = RoundHost(branch, thinking: .milliseconds(100), steps: GridCampaign.day)
                host.loadSteps = GridCampaign.load
                for meter in 0..<GridCampaign.meters { host.begin(meter, at: begin) }
                var asked: [Int: Duration] = [:]
                var random = LineRandom(seed: seed)
                for index in 0..<30 {
                    let time =
                        begin + .milliseconds(10_000 + index * 10_000 + Int.random(in: 0..<9_000, using: &random))
                    asked[(index * 17 + 3) % GridCampaign.meters] = time
                }
                for (meter, time) in asked { host.begin(meter, .load, at: time) }
                host.run(until: begin + .seconds(3_600)) {
                    $0.read.count == GridCampaign.meters && $0.loads.count == asked.count
                }
                unread += GridCampaign.meters - host.read.count
                times += host.loads.map { GridCampaign.seconds($0.value - (asked[$0.key] ?? .zero)) }
            }
            print("\(bad) bad meters: \(times.count) loads, \(GridCampaign.line(times)); \(unread) meters not read")
        }
    }
}

/// How fast virtual time passes.
struct Speed: ParsableCommand {
    func run() {
        for (bitRate, rounds, pause) in [(2_400, 24, 3_600), (128_000, 200, 0)] {
            let branch = GridCampaign.branch(bitRate, 1)
            let (begin, real) = (branch.now, ContinuousClock.now)
            var host = RoundHost(branch, thinking: .zero, steps: GridCampaign.day)
            for round in 0..<rounds {
                let start = max(host.branch.now, begin + .seconds(round * pause))
                host.forget()
                for meter in 0..<GridCampaign.meters { host.begin(meter, at: start) }
                host.run(until: start + .seconds(7_200)) { $0.read.count == GridCampaign.meters }
            }
            let passed = max(host.branch.now - begin, .seconds(rounds * pause))
            let ratio = passed / (ContinuousClock.now - real)
            print("\(bitRate) bit/s, \(rounds) rounds: \(GridCampaign.text(ratio)) x real time")
        }
    }
}
