import ArgumentParser
import GridSimulation

/// Rounds and loads of some local units, whose size and lines are chosen.
struct Study: ParsableCommand {
    @Option var meters = 256
    @Option var units = 1
    @Option(help: "Bits per second.") var rate = 2_400
    @Option(help: "The probability that a bit is inverted.") var errors = 0.0
    @Option var hours = 24
    @Option(help: "Meters of each unit that are loaded per hour.") var loads = 10
    @Option var seed: UInt64 = 1

    func validate() throws {
        guard (1...256).contains(meters), units > 0, hours > 0, loads >= 0, (300...1_000_000).contains(rate),
            (0...0.01).contains(errors)
        else { throw ValidationError("--meters 1 to 256, --rate 300 to 1000000, --errors up to 0.01.") }
    }

    func run() {
        var setup = GridStudy.Setup()
        (setup.meters, setup.units, setup.bitRate, setup.bitErrorRate) = (meters, units, rate, errors)
        (setup.hours, setup.loads, setup.seed) = (hours, loads, seed)
        let study = GridStudy(setup)
        print("registered: \(GridCampaign.line(study.registrations.map(GridCampaign.seconds)))")
        let missed = study.rounds.reduce(0) { $0 + $1.missedCount }
        print(
            "\(study.rounds.count) rounds: \(GridCampaign.line(study.rounds.map { GridCampaign.seconds($0.time) })); "
                + "\(missed) readings missed, \(study.byteCount) bytes")
        guard !study.loads.isEmpty else { return }
        print(
            "\(study.loads.count) loads: \(GridCampaign.line(study.loads.map(GridCampaign.seconds))); "
                + "\(study.failedLoads) without an answer")
    }
}
