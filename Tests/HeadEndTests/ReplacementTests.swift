import CardIOTesting
import HeadEnd
import ISO7816
import Records
import RecordsSQLite
import TestSupport
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

@Suite("A lost card's remaining value goes to its replacement once")
struct ReplacementTests {
    static let gas: UInt64 = 9_000_000
    static let water: UInt64 = 4_000_000
    let keys: HostKeys
    let folder: TemporaryFolder
    let old: TestCard
    let new: TestCard
    let now = Timestamp(rawValue: 2000)

    init() throws {
        keys = try testKeys()
        folder = try TemporaryFolder(isInMemory: true)
        old = try TestCard(1, keys: keys)
        new = try TestCard(2, keys: keys)
        let records = try RecordFile.create(at: folder.recordFile, auditKey: keys.auditKey)
        let client = try client(records, keys)
        _ = try client.store(Self.gas + 1_000_000, over: old.channel)
        _ = try client.storeCredit(Amount(rawValue: Self.water), for: .water, in: TestCard.euro, over: old.channel)
        try old.spend(1_000_000)
        _ = try client.balance(of: .gas, over: old.channel)
        try records.setStatus(.lost, of: old.eid, at: now)
        try records.close()
    }

    private func records() throws -> RecordFile {
        try RecordFile.open(at: folder.recordFile, auditKey: keys.auditKey)
    }

    private func expectCarried(_ comment: Comment) throws {
        let records = try records()
        #expect(try new.holds(.gas) == Self.gas, comment)
        #expect(try new.holds(.water) == Self.water, comment)
        #expect(try records.openCarryOvers(to: new.eid).isEmpty, comment)
        #expect(try records.element(old.eid)?.status == .replaced(by: new.eid), comment)
        let left = try records.books(of: old.eid)
        #expect(left.map(\.carriedOut.rawValue) == [Self.gas, Self.water], comment)
        let come = try records.books(of: new.eid)
        #expect(come.map(\.carriedIn.rawValue) == [Self.gas, Self.water], comment)
        try records.verify()
        try records.close()
    }

    // Replacing is one write; each of two purses is stored by four exchanges and four writes, after one SELECT.
    @Test(arguments: DyingProcess.Moment.all(writes: 9))
    func `whatever is lost and whenever the process dies`(_ moment: DyingProcess.Moment?) throws {
        // Every loss alone, every crash alone, and every crash with every loss around a STORE CREDIT.
        let losses = FaultyChannel.everyFault(exchanges: 9)
        let worst: [FaultyChannel.Fault] = [.dropCommand(4), .dropAnswer(4), .dropCommand(8), .dropAnswer(8)]
        for fault in [.none] + (moment == nil ? losses : worst) {
            let story = try ReplacementTests()
            try story.replace(losing: fault, dyingAt: moment)
        }
    }

    private func replace(losing fault: FaultyChannel.Fault, dyingAt moment: DyingProcess.Moment?) throws {
        let comment: Comment = "\(fault), \(String(describing: moment))"
        let channel = FaultyChannel(new.channel, fault: fault)
        for attempt in 1...5 {
            let records = try folder.records(keys, dyingAt: DyingProcess(attempt == 1 ? moment : nil))
            let client = try client(records, keys)
            let outcome = Result { () throws(HostError) in
                _ = try records.replace(old.eid, by: new.eid, at: now)
                _ = try client.completeCarryOver(over: channel)
            }
            try records.close()
            if case .success = outcome { return try expectCarried(comment) }
            try new.channel.reset()
        }
        Issue.record("never done: \(comment)")
    }

    @Test func `a card in use is not replaced`() throws {
        let records = try records()
        try records.setStatus(.inUse, of: old.eid, at: now)
        expect(.wrongStatus) {
            _ = try records.replace(old.eid, by: new.eid, at: now)
        }
    }

    @Test func `a replaced card stays replaced, by the same one`() throws {
        let records = try records()
        let first = try records.replace(old.eid, by: new.eid, at: now)
        #expect(try records.replace(old.eid, by: new.eid, at: now) == first)
        let third = PartyID(issuer: 0xA1B2C3, kind: .subscriberCard, number: 3)
        expect(.wrongStatus) {
            _ = try records.replace(old.eid, by: third, at: now)
        }
        expect(.wrongStatus) {
            _ = try records.setStatus(.inUse, of: old.eid, at: now)
        }
        let outcome = try client(records, keys).store(1, over: old.channel).outcome
        #expect(outcome == .declined(.status(.replaced(by: new.eid))))
    }

    @Test func `nothing is carried while a transaction is in doubt`() throws {
        let records = try records()
        try records.setStatus(.inUse, of: old.eid, at: now)
        let channel = FaultyChannel(old.channel, fault: .dropAnswer(3))
        expect(.inDoubt) { _ = try client(records, keys).store(5, over: channel) }
        try records.setStatus(.lost, of: old.eid, at: now)
        expect(.openTransaction) {
            _ = try records.replace(old.eid, by: new.eid, at: now)
        }
        _ = try records.resolve(
            HostTransaction(rawValue: 3), of: old.eid, applied: true, by: "the supervisor", because: "receipt shown",
            at: now)
        let carried = try records.replace(old.eid, by: new.eid, at: now)
        #expect(carried.map(\.amount.rawValue) == [Self.gas + 5, Self.water])
        try records.verify()
    }

    @Test func `a replacement lost in turn hands on what it never got`() throws {
        let records = try records()
        _ = try records.replace(old.eid, by: new.eid, at: now)
        let third = try TestCard(3, keys: keys)
        let client = try client(records, keys)
        // The second card gets gas, and is lost before it gets water.
        let channel = FaultyChannel(new.channel, fault: .dropCommand(8))
        expect(.inDoubt) { _ = try client.completeCarryOver(over: channel) }
        #expect(try client.recover(over: new.channel).map(\.state) == [.notApplied])
        try records.setStatus(.lost, of: new.eid, at: now)
        _ = try records.replace(new.eid, by: third.eid, at: now)
        let results = try client.completeCarryOver(over: third.channel)
        #expect(results.map(\.state) == [.done, .done])
        #expect(try third.holds(.gas) == Self.gas)
        #expect(try third.holds(.water) == Self.water)
        #expect(try client.completeCarryOver(over: third.channel).isEmpty)
        try records.verify()
    }

    @Test func `what the replacement refuses stays on its way`() throws {
        let records = try records()
        let client = try client(records, keys)
        _ = try client.storeCredit(
            Amount(rawValue: TestCard.limit.rawValue), for: .gas, in: TestCard.euro, over: new.channel)
        _ = try records.replace(old.eid, by: new.eid, at: now)
        #expect(try client.completeCarryOver(over: new.channel).map(\.state) == [.refused(.overLimit), .done])
        #expect(try records.openCarryOvers(to: new.eid).map(\.service) == [.gas])
        try new.spend(Self.gas)
        #expect(try client.completeCarryOver(over: new.channel).map(\.state) == [.done])
        #expect(try new.holds(.gas) == TestCard.limit.rawValue)
        try records.verify()
    }
}
