import CardCrypto
import CardIOTesting
import Issuing
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

@Suite struct RotationTests {
    /// ADMIN, CREDIT and USAGE 2, and the slots under the meters' TRANSFER 2.
    private func plan(_ bench: IssuingBench) throws -> RotationPlan {
        let names = [KeyName(.credit, 2), KeyName(.usage, 2), KeyName(.admin, 2)]
        return try RotationPlan(
            eid: bench.eid, keys: TestKeys.checked(names, bench.suite),
            rebinds: TestKeys.purses.map { purse in
                PursePlan(
                    service: purse.service, currency: purse.currency, limit: purse.limit, meter: purse.meter,
                    version: 2)
            })
    }

    private func expectRotated(_ bench: IssuingBench, _ plan: RotationPlan, _ point: Comment) throws {
        let image = try bench.image()
        #expect(image.state == .issued, point)
        #expect(image.keys.map(\.name) == plan.keys.map(\.name), point)
        for held in image.keys {
            let key = bench.suite.elementKey(TestKeys.master(held.name), held.name, for: bench.eid)
            #expect(held.key.matches(key), point)
        }
        for slot in image.slots {
            #expect(slot.version == 2, point)
            let kx = TestKeySource().cardToMeterKey(version: 2, meter: slot.meter, card: bench.eid, bench.suite)
            #expect(kx.map(slot.kx.matches) == true, point)
        }
        #expect(bench.journal.kept.entries.last?.event == .rotated(plan.keys.map(\.name)), point)
    }

    @Test(arguments: IssuingBench.Keys.allCases, FaultyChannel.Message.allCases)
    func `every message lost`(_ keys: IssuingBench.Keys, _ kind: FaultyChannel.Message) throws {
        for message in 1... {
            let bench = try IssuingBench(keys)
            _ = try bench.desk.issue(try bench.plan(), over: bench.element)
            let plan = try plan(bench)
            bench.losses.fault = .loses(kind, of: bench.losses.exchanges + message - 1)
            try rotate(plan, bench)
            try expectRotated(bench, plan, "\(kind) of message \(message)")
            guard bench.losses.hasDropped else { break }
        }
    }

    @Test(arguments: FailureSwitch.Portion.allCases, [true, false])
    func `power cut at every write`(_ portion: FailureSwitch.Portion, _ ofMasterKeyCard: Bool) throws {
        for write in 1... {
            let bench = try IssuingBench()
            _ = try bench.desk.issue(try bench.plan(), over: bench.element)
            let plan = try plan(bench)
            let failure = ofMasterKeyCard ? bench.masterCard.power : bench.elementCard.power
            failure.cutPower(atWrite: write, keeping: portion)
            try rotate(plan, bench)
            try expectRotated(bench, plan, "\(portion) of write \(write)")
            guard failure.writes >= write else { break }
        }
    }

    /// Rotates; repeated once after a failure of the line or a card.
    private func rotate(_ plan: RotationPlan, _ bench: IssuingBench) throws {
        do throws(IssueError) {
            _ = try bench.desk.rotate(plan, over: bench.element)
        } catch {
            guard error.code == .session else { throw error }
            try bench.repair()
            _ = try bench.desk.rotate(plan, over: bench.element)
        }
    }

    @Test func `a meter keeps its older transfer key for cards not bound anew`() throws {
        let bench = try IssuingBench(.masterKeyCard, TestKeys.meter(.gasMeter, 0x10))
        _ = try bench.desk.issue(try bench.plan([]), over: bench.element)
        let keys = TestKeys.checked([KeyName(.transfer, 2), KeyName(.tariff, 2)], bench.suite)
        let held = try bench.desk.rotate(try RotationPlan(eid: bench.eid, keys: keys), over: bench.element)
        #expect(
            held == [
                KeyName(.credit, 1), KeyName(.tariff, 2), KeyName(.usage, 1), KeyName(.admin, 1), KeyName(.transfer, 1),
                KeyName(.transfer, 2),
            ])
    }

    @Test func `older keys and blank cards are refused`() throws {
        let bench = try IssuingBench()
        let plan = try plan(bench)
        #expect(throws: IssueError(.wrongState, "")) { try bench.desk.rotate(plan, over: bench.element) }
        _ = try bench.desk.issue(try bench.plan(), over: bench.element)
        _ = try bench.desk.rotate(plan, over: bench.element)
        let older = try RotationPlan(
            eid: bench.eid, keys: TestKeys.checked([KeyName(.credit, 1)], bench.suite))
        #expect(throws: IssueError(.olderThanHeld, "")) { try bench.desk.rotate(older, over: bench.element) }
    }
}
