import CardIOTesting
import Issuing
import Testing
import ValueElement
import ValueProtocol

@Suite struct LostCardTests {
    final class TestCardRegister: CardRegister {
        struct Unreachable: Error {}
        var notes: [String] = []
        var isReachable = true

        func purses(of card: PartyID) throws -> [PursePlan] { TestKeys.purses }
        func recordLost(_ card: PartyID, reason: String, at time: Timestamp) throws {
            try note("lost \(card) \(reason)")
        }
        func recordInUse(_ card: PartyID, reason: String, at time: Timestamp) throws { try note("in use \(card)") }
        func recordBlocked(_ card: PartyID, at time: Timestamp) throws { try note("blocked \(card)") }
        func recordReplaced(_ card: PartyID, by replacement: PartyID, at time: Timestamp) throws {
            try note("replaced \(card) \(replacement)")
        }

        private func note(_ text: String) throws {
            guard isReachable else { throw Unreachable() }
            notes.append(text)
        }
    }

    @Test func `a card at hand is blocked`() throws {
        let bench = try IssuingBench()
        _ = try bench.desk.issue(try bench.plan(), over: bench.element)
        let register = TestCardRegister()
        try bench.desk.reportLost(bench.eid, reason: "broken", over: bench.element, in: register)
        #expect(try bench.image().state == .blocked)
        #expect(register.notes == ["lost \(bench.eid) broken", "blocked \(bench.eid)"])
        #expect(bench.journal.kept.entries.suffix(2).map(\.event) == [.blockSent, .blocked])
        #expect(throws: IssueError(.alreadyIssued, "")) {
            try bench.desk.issue(try bench.plan(), over: bench.element)
        }
        try bench.desk.setState(.issued, of: bench.eid, over: bench.element)
        #expect(try bench.image().state == .issued)
    }

    @Test(arguments: FaultyChannel.Message.allCases)
    func `blocked once whichever message is lost`(_ kind: FaultyChannel.Message) throws {
        for message in 1... {
            let bench = try IssuingBench()
            _ = try bench.desk.issue(try bench.plan(), over: bench.element)
            let register = TestCardRegister()
            bench.losses.fault = .loses(kind, of: bench.losses.exchanges + message - 1)
            do throws(IssueError) {
                try bench.desk.reportLost(bench.eid, reason: "found", over: bench.element, in: register)
            } catch {
                guard error.code == .session else { throw error }
                try bench.repair()
                try bench.desk.reportLost(bench.eid, reason: "found", over: bench.element, in: register)
            }
            #expect(try bench.image().state == .blocked)
            #expect(register.notes.last == "blocked \(bench.eid)")
            guard bench.losses.hasDropped else { break }
        }
    }

    @Test func `the replacement has the same purses`() throws {
        let bench = try IssuingBench()
        let register = TestCardRegister()
        let lost = TestKeys.card(0x99)
        let held = TestKeys.checked(TestKeys.names, bench.suite)
        try bench.desk.reportLost(lost, reason: "lost on the way", in: register)
        let plan = try bench.desk.replacementPlan(for: lost, by: bench.eid, held: held, in: register)
        #expect(try plan == bench.plan())
        #expect(throws: IssueError(.planWrong, "")) {
            try bench.desk.replacementPlan(for: lost, by: lost, held: held, in: register)
        }
        // The records fail after the card was issued: a repetition only completes the records.
        register.isReachable = false
        #expect(throws: IssueError(.records, "")) {
            try bench.desk.replace(lost, by: plan, over: bench.element, in: register)
        }
        try bench.expectIssued(as: plan, "records failed")
        register.isReachable = true
        try bench.desk.replace(lost, by: plan, over: bench.element, in: register)
        try bench.expectIssued(as: plan, "repeated")
        #expect(register.notes == ["lost \(lost) lost on the way", "replaced \(lost) \(bench.eid)"])
        #expect(bench.journal.kept.history(of: lost).map(\.event) == [.replaced(by: bench.eid)])
    }
}
