import Analysis
import ArgumentParser
import BranchWorlds
import Foundation

/// Simulated branches with and without theft: what is found, and what is suspected without cause.
@main
struct TheftCampaign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "theft-campaign",
        abstract: "Count what the analysis of branches finds, and what it suspects without cause.",
        discussion: """
            Each branch has its own seed; the same options give the same figures.

              theft-campaign --honest 100 --taps 100 --bypasses 100
            """)

    @Option(help: "Honest branches, hour by hour.")
    var honest = 0

    @Option(help: "Honest branches, quarter hour by quarter hour.")
    var honestQuarters = 0

    @Option(help: "Weeks for which an honest branch is watched.")
    var weeks = 6

    @Option(help: "Branches with a tap, hour by hour.")
    var taps = 0

    @Option(help: "A tap's share of the branch's energy, in percent.")
    var tap = 0.25

    @Option(help: "Branches with a bypassed meter and 0.2 % of hours lost, by quarter hours.")
    var bypasses = 0

    @Option(help: "Branches with a bypassed meter of a home of 0.3 kW or more and 2 % of hours lost, by quarter hours.")
    var lossyBypasses = 0

    @Option(help: "The share of what passes a bypassed meter that it does not see, in percent.")
    var bypass = 25.0

    @Option(help: "Homes per branch.")
    var homes = 200

    @Option(help: "The share of hours without a record in honest branches and those with a tap, in percent.")
    var lost = 2.0

    @Option(help: "Seconds by which clocks are off at most.")
    var clocks = 30.0

    @Option(help: "The share of homes with photovoltaic systems, in percent.")
    var photovoltaic = 20.0

    @Option(help: "Seed of the first branch; each other has the next.")
    var seed: UInt64 = 1

    @Option(help: "Branches at once.")
    var atOnce = ProcessInfo.processInfo.activeProcessorCount

    @Flag(help: "A line per branch.")
    var verbose = false

    func validate() throws {
        guard weeks > 0, homes > 0, atOnce > 0, tap > 0, bypass > 0, bypass < 100 else {
            throw ValidationError("Give numbers above 0, and a bypass below 100 percent.")
        }
    }

    mutating func run() async throws {
        let shapes = try LoadShapes.simbench()
        let begin = ContinuousClock.now
        print("| branches | what | figure |")
        print("|---|---|---|")
        for (count, interval) in [(honest, BalanceInterval.hour), (honestQuarters, .quarterHour)] where count > 0 {
            try await runHonest(count, interval, shapes)
        }
        if taps > 0 { try await runTaps(shapes) }
        if bypasses > 0 { try await runBypasses(bypasses, lost: 0.002, atLeast: 0, shapes) }
        if lossyBypasses > 0 { try await runBypasses(lossyBypasses, lost: 0.02, atLeast: 300, shapes) }
        let seconds = begin.duration(to: .now) / .seconds(1)
        print("\nSeeds from \(seed), \(homes) homes per branch, \(String(format: "%.0f", seconds)) s.")
    }

    private func each<Result: Sendable>(
        _ count: Int, _ work: @escaping @Sendable (UInt64) -> Result
    ) async -> [Result] {
        let (seed, atOnce) = (seed, atOnce)
        return await withTaskGroup { group in
            for worker in 0..<min(atOnce, count) {
                group.addTask {
                    stride(from: worker, to: count, by: atOnce).map { ($0, work(seed + UInt64($0))) }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private var plan: BranchPlan {
        var plan = BranchPlan()
        plan.homes = homes
        plan.lost = lost / 100
        plan.clocks = clocks
        plan.photovoltaicShare = photovoltaic / 100
        return plan
    }

    private func row(_ branches: String, _ what: String, _ figure: String) {
        print("| \(branches) | \(what) | \(figure) |")
    }

    private func percent(_ part: Int, _ whole: Int) -> String {
        "\(part) of \(whole) (\(String(format: "%.2f", 100 * Double(part) / Double(max(1, whole)))) %)"
    }

    private func runHonest(_ count: Int, _ interval: BalanceInterval, _ shapes: LoadShapes) async throws {
        var plan = plan
        plan.interval = interval
        plan.days = BranchPlan.learningDays + 7 * weeks
        let (made, weeks, isVerbose) = (plan, weeks, verbose)
        let results = await each(count) { seed in
            let world = BranchWorld(made, shapes: shapes, seed: seed)
            guard var analysis = BranchAnalysis(world.records, world.settings) else { return [Double]() }
            var alarms = [Double](repeating: 0, count: weeks)
            while analysis.advance() {
                let week = (analysis.days - 1 - BranchPlan.learningDays) / 7
                let found = analysis.suspicions
                if !found.isEmpty { alarms[week] = 1 }
                if isVerbose, let first = found.first {
                    print("  seed \(seed), day \(analysis.days): \(first.sentences.joined(separator: " "))")
                }
            }
            return alarms
        }
        let alarms = results.joined().filter { $0 > 0 }.count
        row(
            "\(count), honest, \(weeks) weeks each, \(interval == .hour ? "hours" : "quarter hours")",
            "branch-weeks with an alarm", percent(alarms, results.joined().count))
    }

    private func runTaps(_ shapes: LoadShapes) async throws {
        let (base, tap, isVerbose) = (plan, tap, verbose)
        let patterns = BranchPlan.TapPattern.allCases
        let results = await each(taps) { seed in
            let pattern = patterns[Int(seed) % patterns.count]
            var dice = SeededDice(seed: seed ^ 0xBEEF)
            let from = Double(BranchPlan.learningDays) + dice.uniform(0...7)
            var plan = base
            plan.days = Int(from) + 8
            plan.theft = .tap(share: tap / 100, from: from, pattern)
            let world = BranchWorld(plan, shapes: shapes, seed: seed)
            guard var analysis = BranchAnalysis(world.records, world.settings) else {
                return TapResult(pattern: pattern)
            }
            var result = TapResult(pattern: pattern)
            while result.days == nil, analysis.advance() {
                guard let first = analysis.suspicions.first else { continue }
                // The day's records are read when it has passed.
                let days = Double(analysis.days) - from
                if days <= 0 {
                    result.isEarly = true
                } else if days <= 7 {
                    (result.days, result.isNamed) = (days, first.kind == .tap)
                }
            }
            if isVerbose { print("  seed \(seed), \(pattern): \(result.days.map { "\($0) days" } ?? "not found")") }
            return result
        }
        let days = results.compactMap(\.days).sorted()
        row(
            "\(taps), a tap of \(tap) % of the energy, hours", "found within 7 days",
            percent(days.count, taps)
                + (days.isEmpty ? "" : ", median \(String(format: "%.1f", days[days.count / 2])) days"))
        for pattern in patterns {
            let some = results.filter { $0.pattern == pattern }
            row(
                "of these \(pattern.rawValue)", "found within 7 days",
                percent(some.count { $0.days != nil }, some.count))
        }
        row("all of these", "found, and named a tap on that day", percent(results.count(where: \.isNamed), taps))
        row("all of these", "suspected before the tap began", percent(results.count(where: \.isEarly), taps))
    }

    private func runBypasses(_ count: Int, lost: Double, atLeast: Double, _ shapes: LoadShapes) async throws {
        let (base, bypass, isVerbose) = (plan, bypass, verbose)
        let results = await each(count) { seed in
            var dice = SeededDice(seed: seed ^ 0xCAFE)
            let from = Double(BranchPlan.learningDays) + dice.uniform(0...7)
            var plan = base
            plan.interval = .quarterHour
            plan.lost = lost
            plan.days = Int(from) + 14
            plan.theft = .bypass(share: bypass / 100, from: from, atLeast: atLeast)
            let world = BranchWorld(plan, shapes: shapes, seed: seed)
            guard var analysis = BranchAnalysis(world.records, world.settings) else { return BypassResult() }
            while analysis.advance() {}
            guard let first = analysis.ranking(atMost: 1, evidence: 0).first else { return BypassResult() }
            let result = BypassResult(
                isFirst: first.meter != nil && first.meter == world.bypassed,
                isSuspicion: first.evidence >= analysis.settings.suspicionEvidence,
                error: abs(first.share - bypass / 100))
            if isVerbose {
                let power = String(format: "%.0f", world.stolen)
                print("  seed \(seed), \(power) W: \(first.kind), share \(first.share), evidence \(first.evidence)")
            }
            return result
        }
        let kind =
            "\(count), a meter bypassed by \(bypass) %, \(lost * 100) % lost, quarter hours"
            + (atLeast > 0 ? ", homes of \(atLeast / 1000) kW or more" : "")
        row(kind, "ranked first within 14 days", percent(results.count(where: \.isFirst), count))
        row("all of these", "and a suspicion", percent(results.count { $0.isFirst && $0.isSuspicion }, count))
        row(
            "all of these", "a suspicion of something else first",
            percent(results.count { !$0.isFirst && $0.isSuspicion }, count))
        let errors = results.filter(\.isFirst).map(\.error).sorted()
        if !errors.isEmpty {
            row(
                "those found", "median error of the share",
                String(format: "%.1f points", 100 * errors[errors.count / 2]))
        }
    }
}

private struct TapResult {
    let pattern: BranchPlan.TapPattern
    /// From its beginning to the end of the day on which something is suspected; nil after more than a week.
    var days: Double?
    /// Whether that is a tap.
    var isNamed = false
    /// Whether something was suspected before.
    var isEarly = false
}

private struct BypassResult {
    /// Whether the bypassed meter is ranked first.
    var isFirst = false
    /// Whether what is ranked first is a suspicion.
    var isSuspicion = false
    /// Of its share.
    var error = 0.0
}
