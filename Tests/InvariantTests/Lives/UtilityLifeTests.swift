import Foundation
import HeadEnd
import Ledger
import Records
import TestSupport
import Testing
import ValueProtocol

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

    /// The records are those of an hour ago, while cards and meters went on. Each card is asked what it has applied; what it
    /// holds beyond these records is a difference of its own, to the cent, and the utility goes on.
    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `after a backup was restored every card is asked, and what is missing is named`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var life = try UtilityLife()
        for _ in 0..<20 { try life.step(random.next()) }
        let before = try PlantedFault.Before(life.utility)
        for _ in 0..<25 { try life.step(random.next()) }
        try PlantedFault.recordsRolledBack.plant(in: life.utility, before)
        life.seesEverything = false
        let utility = life.utility
        let inUse = utility.cards.filter { $0.fate == .inUse }
        for card in inUse { _ = try utility.workplace(at: card).acceptNumbers() }
        // What meters told through one card, the other cards tell now themselves.
        for card in inUse { _ = try utility.workplace(at: card).updateRecords() }
        let (truth, records) = (try utility.truth(), utility.records)
        try records.verify()
        let (balances, differences) = (try records.ledgerBalances(), try records.differences())
        for card in inUse {
            let books = balances.first { $0.account == .purse(card.eid, .gas) }?.amount ?? 0
            let open = differences.first { $0.subject == .balance(PurseID(card.eid, .gas)) }
            let drawn = differences.first { $0.subject == .overdraft(PurseID(card.eid, .gas)) }?.amount ?? 0
            let named = open.map { $0.kind == .valueMissing ? -$0.amount : $0.amount } ?? 0
            // A purse that gave more than the books knew is said to hold more than they say as well.
            #expect(books + max(drawn, named) == Int128(truth.onCards[card.eid] ?? 0), "\(card.eid), seed \(seed)")
        }
        #expect(!differences.isEmpty, "seed \(seed)")
        // Two people have looked at each card, and accept what it holds.
        let approval = try #require(Approval(by: "A. Clerk", approvedBy: "B. Clerk", because: "restored"))
        for open in differences {
            if case .left = open.subject { continue }
            let key = IdempotencyKey("restored \(open.id)")
            _ = try records.book(LedgerOrder(key: key, time: Timestamp(rawValue: 1), .resolve(open.id, approval)))
        }
        let orders = try records.transactions().count
        for _ in 0..<20 { try life.step(random.next()) }
        #expect(try utility.records.transactions().count > orders)
        try utility.records.verify()
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
