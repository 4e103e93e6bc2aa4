import Issuing
import Records
import ValueProtocol

extension Trial {
    func checkIssuing() async throws {
        let store = try opened()
        let (eid, other) = (card(1), card(2))
        try equal(try store.issueHistory(of: eid), [], "the journal of an element that was never issued")
        let left = LeftDebit(meter: meter(1), nt: 7, amount: micro(5))
        let events: [IssueEvent] = [
            .keysLoaded, .bound(Bind.Answer(service: .gas, binding: 1, left: nil)), .stateSent, .issued, .verified,
            .rotationStarted([KeyName(.credit, 2)]),
            .bindStarted(PursePlan(service: .gas, currency: euro, limit: micro(9), meter: meter(1), version: 2)),
            .bindRefused(.gas), .bound(Bind.Answer(service: .gas, binding: 2, left: left)), .rotated([]), .blockSent,
            .blocked, .replaced(by: other), .abandoned,
        ]
        let entries = events.enumerated().map { JournalEntry(eid, $1, at: at(1_000 + UInt32($0))) }
        for entry in entries.prefix(3) { try store.record([entry]) }
        // The same again is an entry of its own, and may be as old as the first.
        try store.record([entries[0], JournalEntry(other, .keysLoaded, at: at(1))])
        let (rest, mark) = (Array(entries.dropFirst(3)), try store.auditMark())
        do throws(HostError) {
            _ = try await store.commit { access throws(HostError) in
                try access.record(rest)
                throw HostError(.wrongStatus, "\(eid)")
            }
        } catch {
            try equal(error.code, .wrongStatus, "the error of a change that fails after entries of the journal")
        }
        try equal(try store.auditMark(), mark, "the mark after a change that failed")
        try store.record(rest)
        let expected = Array(entries.prefix(3)) + [entries[0]] + rest
        for store in [store, try opened()] {
            try equal(try store.issueHistory(of: eid), expected, "the journal of an element")
            try equal(
                try store.issueHistory(of: other), [JournalEntry(other, .keysLoaded, at: at(1))], "that of another")
        }
        try equal(
            try self.events(of: eid, in: store), expected.map { .issuing($0.event) }, "the journal in the trail")
        try store.verify(against: [])
    }
}
