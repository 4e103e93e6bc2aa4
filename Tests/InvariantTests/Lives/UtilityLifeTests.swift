import Foundation
import Records
import TestSupport
import Testing

@Suite("Random lives of a utility, on real engines")
struct UtilityLifeTests {
    private static let isCampaign = ProcessInfo.processInfo.environment["VALUESTORE_CAMPAIGN"] != nil
    /// Steps of a life; the campaign's lives are longer.
    private static let stepCount = isCampaign ? 1_000 : 200

    @Test(arguments: 1...(isCampaign ? 200 : 5) as ClosedRange<UInt64>)
    func `no value is lost or doubled, whatever happens`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let seeds = (0..<Self.stepCount).map { _ in random.next() as UInt64 }
        guard let violation = violation(in: seeds) else { return }
        let shortest = shortest(seeds)
        Issue.record("seed \(seed): \(violation); the shortest life that shows it: \(shortest)")
    }

    @Test func `a life has every step, and is interrupted often`() throws {
        var random = SeededGenerator(seed: 9)
        var life = try UtilityLife()
        for _ in 0..<120 { try life.step(random.next()) }
        try life.expectTruth()
        #expect(Set(life.counts.keys) == Set(UtilityLife.Step.allCases))
        #expect(life.interruptionCount > 10)
    }

    /// Twenty steps, an hour's memory, twenty more, and then somebody does something: it is found within forty steps. The
    /// same life without it has nothing to find.
    @Test(arguments: PlantedFault.allCases as [PlantedFault?] + [nil])
    func `what is done behind the utility's back is found`(_ fault: PlantedFault?) throws {
        var random = SeededGenerator(seed: 5)
        var life = try UtilityLife()
        for _ in 0..<20 { try life.step(random.next()) }
        let before = try PlantedFault.Before(life.utility)
        for _ in 0..<20 { try life.step(random.next()) }
        try life.expectTruth()
        try fault?.plant(in: life.utility, before)
        life.seesEverything = false
        var stepCount = 0
        do {
            while stepCount < 40 {
                stepCount += 1
                try life.step(random.next())
                if stepCount % 10 == 0 { try life.expectTruth() }
            }
            #expect(fault == nil)
        } catch {
            #expect(fault != nil, "\(error)")
            print("planted fault \(fault?.rawValue ?? "none"): found after \(stepCount) steps: \(error)")
        }
    }

    /// What does not hold in a life of these steps.
    private func violation(in seeds: [UInt64]) -> String? {
        do {
            var life = try UtilityLife()
            for (index, seed) in seeds.enumerated() {
                try life.step(seed)
                if index % 25 == 24 { try life.expectTruth() }
            }
            try life.expectTruth()
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// Leaves out steps, first many, then one by one, as long as something does not hold.
    private func shortest(_ seeds: [UInt64]) -> [UInt64] {
        var shortest = seeds
        var size = seeds.count / 2
        while size > 0 {
            var start = 0
            while start < shortest.count {
                let less = Array(shortest[..<start] + shortest[min(start + size, shortest.count)...])
                if violation(in: less) != nil { shortest = less } else { start += size }
            }
            size /= 2
        }
        return shortest
    }
}
