import CardIOTesting
import ISO7816
import Issuing
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

@Suite struct IssueTests {
    @Test(arguments: IssuingBench.Keys.allCases)
    func `a blank card is issued as planned`(_ keys: IssuingBench.Keys) throws {
        let bench = try IssuingBench(keys)
        let plan = try bench.plan()
        var steps: [IssueStep] = []
        let receipt = try bench.desk.issue(plan, over: bench.element) { steps.append($0) }
        #expect(!receipt.wasResumed)
        #expect(receipt.plan == plan)
        #expect(
            steps == [
                .sessionOpened(.transport), .keysLoaded(plan.keys.map(\.name)), .purseBound(plan.purses[0]),
                .purseBound(plan.purses[1]), .stateSet, .sessionOpened(KeyName(.admin, 1)), .verified,
            ])
        try bench.expectIssued(as: plan, "undisturbed")
    }

    @Test(arguments: [PartyKind.electricMeter, .gasMeter, .waterMeter, .heatMeter])
    func `meters get all their keys and one purse`(_ kind: PartyKind) throws {
        let bench = try IssuingBench(.masterKeyCard, TestKeys.meter(kind, 0x10))
        let purse = PursePlan(
            service: UtilityService(rawValue: kind.rawValue), currency: Currency(rawValue: 978),
            limit: Amount(rawValue: 90_000_000))
        let plan = try bench.plan([purse])
        #expect(plan.keys.map(\.name.purpose) == Purpose.allCases)
        _ = try bench.desk.issue(plan, over: bench.element)
        try bench.expectIssued(as: plan, "\(kind)")
    }

    @Test func `a plan is shown with check values before anything is written`() throws {
        let bench = try IssuingBench()
        let info = try bench.desk.inspect(over: bench.element)
        #expect(info.state == .blank)
        let held = try MasterKeyCard(bench.master).heldKeys()
        #expect(held.pid == IssuingBench.masterID)
        let plan = try IssuePlan(eid: info.eid, held: held.keys.filter { $0.name.version < 2 }, purses: TestKeys.purses)
        #expect(try plan == bench.plan())
        let admin = bench.suite.checkValue(of: TestKeys.master(KeyName(.admin, 1)))
        #expect(plan.lines.contains("key ADMIN 1 (\(admin))"))
        #expect(
            plan.lines.contains("purse gas: at most 200.00 EUR, bound to 00A1B2C3-02-000078 under TRANSFER 1"))
        #expect(bench.journal.appends == 0)
        #expect(try bench.image().state == .blank)
    }

    @Test(arguments: IssuingBench.Keys.allCases)
    func `no card is issued twice`(_ keys: IssuingBench.Keys) throws {
        let bench = try IssuingBench(keys)
        let plan = try bench.plan()
        let blank = try bench.elementCard.memory.load()
        _ = try bench.desk.issue(plan, over: bench.element)
        let appends = bench.journal.appends
        #expect(throws: IssueError(.alreadyIssued, "")) { try bench.desk.issue(plan, over: bench.element) }

        // A copy of the blank card from before.
        try bench.elementCard.memory.commit(blank.map { RecordChange($0.key, $0.value) })
        try bench.repair()
        #expect(try bench.desk.inspect(over: bench.element).state == .blank)
        #expect(throws: IssueError(.issuedBefore, "")) { try bench.desk.issue(plan, over: bench.element) }
        #expect(bench.journal.appends == appends)

        // At another desk, whose journal does not have it, the keys themselves cause the refusal.
        let authority: any Authority = MasterKeyCardAuthority(bench.master)
        let other = IssuingDesk(authority: authority, journal: MemoryJournal()) { Timestamp(rawValue: 0) }
        guard keys == .masterKeyCard else { return }
        let error = #expect(throws: IssueError(.session, "")) { try other.issue(plan, over: bench.element) }
        #expect(error?.cause as? SessionError == SessionError(.outsideRules, ""))
        #expect(try bench.image().state == .blank)
    }

    @Test func `another plan waits until the first is given up`() throws {
        let bench = try IssuingBench()
        let plan = try bench.plan()
        bench.losses.fault = .loses(.answer, of: bench.losses.exchanges + 5)
        #expect(throws: IssueError(.session, "")) { try bench.desk.issue(plan, over: bench.element) }
        try bench.repair()
        let other = try bench.plan([TestKeys.purses[1]])
        #expect(throws: IssueError(.otherPlanUnfinished, "")) { try bench.desk.issue(other, over: bench.element) }
        #expect(try bench.desk.unfinishedPlan(of: bench.eid) == plan)
        try bench.desk.abandon(bench.eid)
        #expect(try bench.desk.unfinishedPlan(of: bench.eid) == nil)
        #expect(throws: IssueError(.nothingUnfinished, "")) { try bench.desk.abandon(bench.eid) }
        _ = try bench.desk.issue(other, over: bench.element)
        try bench.expectIssued(as: other, "the other plan")
    }

    @Test func `another card in the reader is not written to`() throws {
        let bench = try IssuingBench()
        let plan = try IssuePlan(
            eid: TestKeys.card(0x1235), held: TestKeys.checked(TestKeys.names, bench.suite), purses: [])
        #expect(throws: IssueError(.otherElement, "")) { try bench.desk.issue(plan, over: bench.element) }
        #expect(bench.journal.appends == 0)
    }

    @Test func `without a PIN the master-key card does nothing`() throws {
        let bench = try IssuingBench()
        try MasterKeyCard(bench.master).select()
        let error = #expect(throws: IssueError(.session, "")) {
            try bench.desk.issue(try bench.plan(), over: bench.element)
        }
        #expect(error?.cause as? SessionError == SessionError(.masterKeyCardLocked, ""))
        try bench.masterCard.channel.reset()
        let again = #expect(throws: IssueError(.session, "")) {
            try bench.desk.issue(try bench.plan(), over: bench.element)
        }
        #expect(again?.cause as? SessionError == SessionError(.masterKeyCardLocked, ""))
    }
}
