import ArgumentParser
import Foundation
import UtilityLives

/// Random lives of a utility beside one another, built for release: many more steps in a second than a test makes.
@main
struct LifeCampaign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "life-campaign",
        abstract: "Live through random lives of a utility, and check the invariants after each step.",
        discussion: """
            The records are in SQLite in memory. A life that fails is shortened, and the command that repeats it is said.

              life-campaign --steps 100000
            """)

    @Option(help: "Steps of all lives together.")
    var steps = 100_000

    @Option(help: "Steps of one life; the whole is verified at its end.")
    var life = 1_000

    @Option(help: "Seed of the first life; each other has the next.")
    var seed: UInt64 = 1

    @Option(help: "Lives at once.")
    var atOnce = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        guard steps > 0, life > 0, atOnce > 0 else { throw ValidationError("Give numbers above 0.") }
    }

    mutating func run() async throws {
        let (courses, atOnce) = (courses, atOnce)
        let begin = ContinuousClock.now
        let failures = await withTaskGroup { group in
            for worker in 0..<min(atOnce, courses.count) {
                group.addTask {
                    stride(from: worker, to: courses.count, by: atOnce).compactMap { number in
                        courses[number].failure(in: { try MemoryLifeStore() }, repeatedBy: "UtilityLifeTests")
                    }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        let time = begin.duration(to: .now)
        for failure in failures { print(failure) }
        let perStep = time / .milliseconds(1) / Double(steps)
        print(
            "\(steps) steps in \(courses.count) lives, seeds \(seed) to \(seed + UInt64(courses.count) - 1): "
                + "\(failures.count) failed; \(String(format: "%.2f", perStep)) ms a step, \(atOnce) at once")
        if !failures.isEmpty { throw ExitCode.failure }
    }

    /// The last life has what is left of the steps.
    private var courses: [LifeCourse] {
        stride(from: 0, to: steps, by: life).enumerated().map { number, begun in
            LifeCourse(seed: seed + UInt64(number), count: min(life, steps - begun))
        }
    }
}
