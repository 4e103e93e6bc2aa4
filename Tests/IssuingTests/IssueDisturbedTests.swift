import CardIOTesting
import Issuing
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// An issue interrupted at every possible point: repeated once, it ends as planned.
@Suite struct IssueDisturbedTests {
    @Test(arguments: IssuingBench.Keys.allCases, FaultyChannel.Message.allCases)
    func `every message lost`(_ keys: IssuingBench.Keys, _ kind: FaultyChannel.Message) throws {
        var stops = 0
        for message in 1... {
            let bench = try IssuingBench(keys)
            let plan = try bench.plan()
            bench.losses.fault = .loses(kind, of: message - 1)
            if try !bench.issue(plan, mayStopBy: .session) {
                stops += 1
                try bench.repair()
                _ = try bench.desk.issue(plan, over: bench.element)
            }
            try bench.expectIssued(as: plan, "\(kind) of message \(message)")
            guard bench.losses.hasDropped else { break }
        }
        // A SELECT, an INITIALIZE and four EXECUTEs; a SELECT, a session of one and a SELECT: for the card alone.
        #expect(stops >= 10)
    }

    @Test(arguments: FailureSwitch.Portion.allCases, [true, false])
    func `power cut at every write`(_ portion: FailureSwitch.Portion, _ ofMasterKeyCard: Bool) throws {
        var stops = 0
        for write in 1... {
            let bench = try IssuingBench()
            let plan = try bench.plan()
            let failure = ofMasterKeyCard ? bench.masterCard.power : bench.elementCard.power
            failure.cutPower(atWrite: write, keeping: portion)
            if try !bench.issue(plan, mayStopBy: .session) {
                stops += 1
                #expect(failure.isOff)
                try bench.repair()
                _ = try bench.desk.issue(plan, over: bench.element)
            }
            try bench.expectIssued(as: plan, "\(portion) of write \(write)")
            guard failure.writes >= write else { break }
        }
        // The master-key card stores two NTs and a mark; the element its NT twice, keys, purses and state.
        #expect(stops >= 3)
    }

    @Test(arguments: IssuingBench.Keys.allCases, [true, false])
    func `journal stopped at every entry`(_ keys: IssuingBench.Keys, _ keeps: Bool) throws {
        var stops = 0
        for append in 1... {
            let bench = try IssuingBench(keys)
            let plan = try bench.plan()
            bench.journal.stop = (append, keeps)
            if try !bench.issue(plan, mayStopBy: .journal) {
                stops += 1
                try bench.repair()
                if try bench.journal.progress(of: bench.eid)?.stage == .verified {
                    #expect(throws: IssueError(.alreadyIssued, "")) { try bench.desk.issue(plan, over: bench.element) }
                } else {
                    _ = try bench.desk.issue(plan, over: bench.element)
                }
            }
            try bench.expectIssued(as: plan, "entry \(append)")
            guard bench.journal.hasStopped else { break }
        }
        #expect(stops == 7)
    }

    /// Two losses in a row, at every pair of points.
    @Test func `every two answers lost`() throws {
        var pairs = 0
        for first in 1... {
            var isFirstLost = true
            for second in 1... {
                let bench = try IssuingBench()
                let plan = try bench.plan()
                bench.losses.fault = .loses(.answer, of: first - 1)
                isFirstLost = try !bench.issue(plan, mayStopBy: .session)
                guard isFirstLost else { break }
                try bench.repair()
                bench.losses.fault = .loses(.answer, of: bench.losses.exchanges + second - 1)
                let isSecondLost = try !bench.issue(plan, mayStopBy: .session)
                if isSecondLost {
                    pairs += 1
                    try bench.repair()
                    _ = try bench.desk.issue(plan, over: bench.element)
                }
                try bench.expectIssued(as: plan, "answers \(first) and \(second)")
                guard isSecondLost else { break }
            }
            guard isFirstLost else { break }
        }
        #expect(pairs > 200)
    }
}
