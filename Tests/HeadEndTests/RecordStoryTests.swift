import Foundation
import HeadEnd
import Records
import RecordsSQLite
import TestSupport
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// The same story, executed by this program, and in an old record file whose trail held sentences.
@Suite("A record file of before says what one of now does")
struct RecordStoryTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder(isInMemory: true) }

    private func old() throws -> RecordFile {
        let files = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "RecordsSQLiteTests/Files")
        try FileManager.default.copyItem(
            atPath: files.appending(path: "keyed.records").path, toPath: folder.recordFile)
        return try RecordFile.open(at: folder.recordFile, auditKey: RecordStory.auditKey)
    }

    @Test func `the same records, whichever program wrote them`() throws {
        let (old, new) = (try old(), try RecordFile.inMemory(auditKey: RecordStory.auditKey))
        let story = try RecordStory(new)
        try story.run()
        try new.verify(against: story.marks)
        #expect(try old.elements() == new.elements())
        // A refund of what a purse does not hold is not even sent now.
        let refused = try old.transactions().filter { $0.state == .refused(.notEnoughValue) }
        #expect(refused.count == 1)
        #expect(try old.transactions().filter { !refused.contains($0) } == new.transactions())
        for eid in try new.elements().map(\.eid) {
            #expect(try old.balances(of: eid) == new.balances(of: eid))
            #expect(try old.books(of: eid) == new.books(of: eid))
            #expect(try old.purses(of: eid) == new.purses(of: eid))
            #expect(try old.openCarryOvers(to: eid) == new.openCarryOvers(to: eid))
            for series in ElementClient.useSeries { #expect(try old.use(of: eid, series) == new.use(of: eid, series)) }
            #expect(try old.events(of: eid) == new.events(of: eid))
            #expect(try old.clocks(of: eid) == new.clocks(of: eid))
        }
        #expect(try old.meterStatus(of: RecordStory.meterOfGas) == new.meterStatus(of: RecordStory.meterOfGas))
        #expect(try new.meterStatus(of: RecordStory.meterOfGas).count == 1)
    }

    @Test func `every kind of event is reported`() throws {
        let records = try RecordFile.inMemory()
        try RecordStory(records).run()
        let events = try records.auditTrail().compactMap(\.event)
        // No honest story has a contradiction: `RecoveryTests` makes one. Corrections are made by people, what only meters
        // have is in `MeterExchangeTests` and `QueuedTariffTests`, and what is issued in `HostContextTests`.
        let others: Set<AuditEvent.Kind> = [
            .contradiction, .correction, .finalReading, .queuedTariff, .calendar, .issuing,
        ]
        #expect(Set(events.map(\.kind)) == Set(AuditEvent.Kind.allCases).subtracting(others))
        #expect(events.count == (try records.auditTrail().count))
    }

    @Test func `a client goes on with a file of before`() throws {
        let (records, keys) = (try old(), try testKeys())
        let client = try client(records, keys, time: 1_800_000_000)
        // The card whose answer was lost: it never received the EXECUTE.
        let doubtful = try TestCard(20, keys: keys) { $0.nt = 1000 }
        let result = try client.store(100, over: doubtful.channel, reference: "open")
        #expect(result.recovered.map(\.state) == [.notApplied])
        #expect(result.state == .done)
        #expect(try doubtful.holds() == 100)
        // The card that received one of two carry-overs.
        let third = try TestCard(12, keys: keys) { $0.nt = 1000 }
        #expect(try client.completeCarryOver(over: third.channel).map(\.state) == [.done])
        #expect(try third.holds() == 9_000_000)
        let waiting = try TestCard(21, keys: keys) { $0.nt = 1000 }
        guard case .declined(.needsManualResolution(let open)) = try client.store(1, over: waiting.channel).outcome
        else {
            Issue.record("sold before somebody resolved what is open")
            return
        }
        _ = try records.resolve(
            open.htxn, of: open.eid, applied: false, by: "B. Clerk", because: "purse unchanged",
            at: Timestamp(rawValue: 1_800_000_000))
        #expect(try client.store(1, over: waiting.channel).state == .done)
        try records.verify()
    }
}
