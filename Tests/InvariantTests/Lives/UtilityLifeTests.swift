import HeadEnd
import Ledger
import Records
import TestSupport
import Testing
import UtilityLives
import ValueProtocol

@Suite("Random lives of a utility, on real engines")
struct UtilityLifeTests {
    private static let courses = LifeCourse.all(2, stepCount: 250, inCampaign: 200)

    @Test(arguments: courses)
    func `no value is lost or doubled, whatever happens`(_ course: LifeCourse) throws {
        if let failure = course.failure(in: { try MemoryLifeStore() }, repeatedBy: "UtilityLifeTests") {
            Issue.record("\(failure)")
        }
    }

    @Test func `a life has every step, and is interrupted by everything`() throws {
        var random = SeededGenerator(seed: 9)
        var life = try UtilityLife(in: MemoryLifeStore())
        for _ in 0..<250 { try life.step(random.next()) }
        try life.expectTruth()
        #expect(Set(life.counts.keys) == Set(UtilityLife.Step.allCases))
        #expect(Set(life.interruptions.keys) == [.lostMessage, .powerCut, .kill])
        #expect(life.interruptions.values.reduce(0, +) > 50)
    }

    @Test func `a life that fails is shortened to the steps that it needs`() {
        let course = LifeCourse(seed: 1, count: 300)
        let shortest = course.shortest { $0.places.contains(17) && $0.places.contains(240) ? $0 : nil }
        #expect(shortest.places == [17, 240])
        #expect(LifeCourse(shortest.description)?.numbers == [course.numbers[17], course.numbers[240]])
    }

    /// Twenty steps and new keys for everybody, an hour's memory, twenty more, and then somebody does something: it is found
    /// within forty steps. The same life without it has nothing to find.
    @Test(arguments: PlantedFault.allCases as [PlantedFault?] + [nil])
    func `what is done behind the utility's back is found`(_ fault: PlantedFault?) throws {
        var random = SeededGenerator(seed: 5)
        var life = try UtilityLife(in: MemoryLifeStore())
        for _ in 0..<20 { try life.step(random.next()) }
        try life.rotateEverything()
        let before = try PlantedFault.Before(life)
        for _ in 0..<20 { try life.step(random.next()) }
        try life.expectTruth()
        try fault?.plant(in: life, before)
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
    @Test(arguments: 1...(LifeCourse.isCampaign ? 100 : 3) as ClosedRange<UInt64>)
    func `after a backup was restored every element is asked, and what is missing is named`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var life = try UtilityLife(in: MemoryLifeStore())
        for _ in 0..<20 { try life.step(random.next()) }
        let before = try PlantedFault.Before(life)
        for _ in 0..<25 { try life.step(random.next()) }
        try PlantedFault.recordsRolledBack.plant(in: life, before)
        life.seesEverything = false
        let differences = try life.expectMissingIsNamed()
        #expect(!differences.isEmpty, "seed \(seed)")
        // Two people have looked at each element, and accept what it holds.
        let approval = try #require(Approval(by: "A. Clerk", approvedBy: "B. Clerk", because: "restored"))
        try life.accept(differences, approval)
        let orders = try life.transactionCount()
        for _ in 0..<20 { try life.step(random.next()) }
        #expect(try life.transactionCount() > orders)
        try life.verifyRecords()
    }
}
