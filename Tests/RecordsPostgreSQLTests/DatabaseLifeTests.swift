import Ledger
import TestPrograms
import TestSupport
import Testing
import UtilityLives

@Suite("Random lives of a utility, with records in a database")
struct DatabaseLifeTests {
    private static let courses = LifeCourse.all(2, stepCount: 100, inCampaign: 20)

    @Test(arguments: courses)
    func `no value is lost or doubled, whatever happens`(_ course: LifeCourse) throws {
        let server = try PostgreSQLServer.shared.get()
        if let failure = course.failure(
            in: { try DatabaseLifeStore(on: server) }, repeatedBy: "DatabaseLifeTests")
        {
            Issue.record("\(failure)")
        }
    }

    @Test func `after a backup was restored every element is asked, and what is missing is named`() throws {
        var random = SeededGenerator(seed: 1)
        var life = try UtilityLife(in: DatabaseLifeStore(on: PostgreSQLServer.shared.get()))
        for _ in 0..<15 { try life.step(random.next()) }
        let before = try PlantedFault.Before(life)
        for _ in 0..<15 { try life.step(random.next()) }
        try PlantedFault.recordsRolledBack.plant(in: life, before)
        life.seesEverything = false
        let differences = try life.expectMissingIsNamed()
        #expect(!differences.isEmpty)
        let approval = try #require(Approval(by: "A. Clerk", approvedBy: "B. Clerk", because: "restored"))
        try life.accept(differences, approval)
        for _ in 0..<10 { try life.step(random.next()) }
        try life.verifyRecords()
    }
}
