import CardIOTesting
import Issuing
import TestSupport
import Testing
import ValueProtocol

@Suite struct FileJournalTests {
    /// One entry of every kind.
    static func entries() throws -> [JournalEntry] {
        let suite = try CipherSuite()
        let plan = try IssuePlan(
            eid: TestKeys.card(1), held: TestKeys.checked(TestKeys.names, suite), purses: TestKeys.purses)
        let bare = try IssuePlan(
            eid: TestKeys.card(2), keys: TestKeys.checked([KeyName(.admin, 255)], suite), purses: [])
        let left = Bind.Answer(
            service: .gas, binding: 3,
            left: LeftDebit(
                meter: PartyID(issuer: 1, kind: .gasMeter, number: 2), nt: 8, amount: Amount(rawValue: 8_000_000)))
        let events: [(PartyID, IssueEvent)] = [
            (plan.eid, .begun(plan)), (plan.eid, .keysLoaded), (bare.eid, .begun(bare)), (plan.eid, .bound(left)),
            (plan.eid, .bound(Bind.Answer(service: .water, binding: 0, left: nil))),
            (plan.eid, .stateSent), (plan.eid, .issued), (bare.eid, .abandoned), (plan.eid, .verified),
            (plan.eid, .rotationStarted([KeyName(.admin, 2), KeyName(.credit, 3)])), (plan.eid, .rotated([])),
            (plan.eid, .bindStarted(TestKeys.purses[0])), (plan.eid, .bindRefused(.gas)), (plan.eid, .blockSent),
            (plan.eid, .blocked), (plan.eid, .replaced(by: TestKeys.card(3))),
        ]
        return events.enumerated().map { index, event in
            JournalEntry(event.0, event.1, at: Timestamp(rawValue: UInt32(index)))
        }
    }

    private func history(_ entries: some Sequence<JournalEntry>) -> [PartyID: [JournalEntry]] {
        Dictionary(grouping: entries, by: \.element)
    }

    private func check(_ journal: FileJournal, _ entries: some Sequence<JournalEntry>, _ comment: Comment) {
        let expected = history(entries)
        #expect(journal.elements == expected.keys.sorted(), comment)
        for (element, list) in expected { #expect(journal.history(of: element) == list, comment) }
    }

    @Test func `what was written is there when it is opened again`() throws {
        let file = try TemporaryFile()
        let entries = try Self.entries()
        do {
            let journal = try FileJournal(path: file.path)
            for entry in entries { try journal.append(entry) }
            check(journal, entries, "while open")
        }
        let journal = try FileJournal(path: file.path)
        check(journal, entries, "opened again")
        #expect(try journal.progress(of: TestKeys.card(1))?.stage == .verified)
        #expect(try journal.progress(of: TestKeys.card(2)) == nil)
    }

    /// Torn at every byte: whole entries before the cut are present, and later entries are appended after them.
    @Test func `torn at every byte`() throws {
        let whole = try TemporaryFile()
        let entries = try Self.entries()
        do {
            let journal = try FileJournal(path: whole.path)
            for entry in entries { try journal.append(entry) }
        }
        let bytes = try whole.read()
        let file = try TemporaryFile()
        for length in 0...bytes.count {
            try file.write(bytes[..<length])
            let kept = max(0, bytes[..<length].count { $0 == 0x0A } - 1)
            do {
                let journal = try FileJournal(path: file.path)
                check(journal, entries.prefix(kept), "cut at \(length)")
                if kept < entries.count { try journal.append(entries[kept]) }
            }
            let mended = try file.read()
            #expect(bytes.starts(with: mended) && mended.last == 0x0A, "cut at \(length)")
            #expect(mended.count { $0 == 0x0A } == min(kept + 1, entries.count) + 1, "cut at \(length)")
        }
    }

    /// A changed byte in a complete line is always detected.
    @Test func `altered at every byte`() throws {
        let whole = try TemporaryFile()
        do {
            let journal = try FileJournal(path: whole.path)
            for entry in try Self.entries() { try journal.append(entry) }
        }
        let bytes = try whole.read()
        let file = try TemporaryFile()
        for offset in bytes.indices.dropLast() {
            var altered = bytes
            altered[offset] ^= 0x01
            try file.write(altered)
            let error = #expect(throws: JournalError.self, "byte \(offset)") { try FileJournal(path: file.path) }
            #expect(error?.code == .damaged || error?.code == .wrongKind, "byte \(offset)")
        }
    }

    @Test func `a line taken out is noticed`() throws {
        let file = try TemporaryFile()
        do {
            let journal = try FileJournal(path: file.path)
            for entry in try Self.entries() { try journal.append(entry) }
        }
        var lines = try file.read().split(separator: 0x0A)
        lines.remove(at: 4)
        try file.write(lines.joined(separator: [0x0A]) + [0x0A])
        let error = #expect(throws: JournalError(.damaged, "")) { try FileJournal(path: file.path) }
        #expect(error?.subject.hasSuffix("line 5") == true)
    }

    @Test func `one program at a time`() throws {
        let file = try TemporaryFile()
        let first = try FileJournal(path: file.path)
        #expect(throws: JournalError(.inUse, "")) { try FileJournal(path: file.path) }
        withExtendedLifetime(first) {}
    }

    @Test func `another file is not touched`() throws {
        let file = try TemporaryFile()
        try file.write(Array("value-store issue journal 2\n".utf8))
        #expect(throws: JournalError(.wrongKind, "")) { try FileJournal(path: file.path) }
        try file.write(Array("notes".utf8))
        #expect(throws: JournalError(.wrongKind, "")) { try FileJournal(path: file.path) }
        #expect(try file.read() == Array("notes".utf8))
        #expect(throws: JournalError(.unreadable, "")) { try FileJournal(path: "/nowhere/at/all") }
    }

    /// The desk with a real file, opened again after a stop.
    @Test func `an issue is resumed from the file`() throws {
        let file = try TemporaryFile()
        let bench = try IssuingBench()
        let plan = try bench.plan()
        let clock = { Timestamp(rawValue: 1) }
        do {
            let authority = MasterKeyCardAuthority(bench.master)
            let desk = IssuingDesk(authority: authority, journal: try FileJournal(path: file.path), clock: clock)
            bench.losses.fault = .loses(.answer, of: 14)
            #expect(throws: IssueError(.session, "")) { try desk.issue(plan, over: bench.element) }
        }
        try bench.repair()
        let authority = MasterKeyCardAuthority(bench.master)
        let desk = IssuingDesk(authority: authority, journal: try FileJournal(path: file.path), clock: clock)
        #expect(try desk.unfinishedPlan(of: bench.eid) == plan)
        #expect(try desk.issue(plan, over: bench.element).wasResumed)
        #expect(throws: IssueError(.alreadyIssued, "")) { try desk.issue(plan, over: bench.element) }
    }
}
