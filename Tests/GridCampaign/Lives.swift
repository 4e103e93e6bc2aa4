import ArgumentParser
import GridLives

/// Lives of whole trees, with everything that can fail.
struct Lives: ParsableCommand {
    @Option var seeds: UInt64 = 10_000
    @Option(help: "The first seed.") var first: UInt64 = 1
    @Flag(help: "As the short form lives them.") var short = false
    @Flag(help: "Print what happens.") var log = false
    @Flag(help: "Print how often every kind of message met every fault.") var table = false

    @Option(help: "The fault that Tools/grid-faults has planted; the last of the arguments.") var planted = ""

    func run() throws {
        let size = short ? GridLife.Size.short : GridLife.Size()
        guard !log else {
            let life = try GridLife(seed: first, size, isLogged: true)
            defer { for line in life.log { print(line) } }
            let hash = try life.live(trouble: size.trouble)
            print("seed \(first): \(hash)")
            return
        }
        var lives = GridLives(size)
        let begin = ContinuousClock.now
        for seed in first..<first + seeds {
            do {
                try lives.live(seed: seed)
            } catch {
                print("\(error)\nTools/grid lives --first \(seed) --seeds 1\(short ? " --short" : "") --log")
                throw ExitCode.failure
            }
        }
        let time = GridCampaign.seconds(ContinuousClock.now - begin)
        print(
            "\(lives.count) lives, \(lives.stepCount) steps, \(lives.confirmedCount) operations done, "
                + "\(lives.refusedCount) refused; \(GridCampaign.text(time)) s; history \(lives.history)")
        print("least hits of a cell: \(lives.table.least)")
        if table { print("\n\(lives.table.description)") }
    }
}

/// A host that is restored from a backup an hour old, and goes on.
struct Restored: ParsableCommand {
    @Option var operations = 10_000
    @Option var seed: UInt64 = 1

    func run() throws {
        var size = GridLife.Size()
        size.trouble = .seconds(7_200)
        (size.areas, size.locals, size.meters, size.jobs) = (2...2, 2...2, 10...10, 20...20)
        let life = try GridLife(seed: seed, size)
        let restored = try life.liveRestored(
            backUpAfter: .seconds(3_600), trouble: .seconds(3_600), operations: operations)
        print(
            "\(restored.meterCount) meters; the backup lacks \(restored.lackingCount) orders, "
                + "\(restored.namedCount) of them named; then \(restored.confirmedCount) done, "
                + "\(restored.refusedCount) refused; \(life.stepCount) steps")
    }
}
