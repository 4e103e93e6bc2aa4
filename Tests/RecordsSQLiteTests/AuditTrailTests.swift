import CardCrypto
import GRDB
import Records
import RecordsSQLite
import TestSupport
import Testing
import ValueProtocol

@Suite("Nobody rewrites the audit trail quietly")
struct AuditTrailTests {
    let folder: TemporaryFolder
    let mark: AuditMark

    init() throws {
        folder = try TemporaryFolder(isInMemory: true)
        let records = try RecordFile.create(at: folder.recordFile, auditKey: auditKey)
        let (old, new) = (card(1), card(2))
        var held: UInt64 = 0
        for amount: UInt64 in [5, 6, 7] {
            held += amount
            try records.order(amount, of: old, balance: held)
        }
        let purse = Bind(service: .gas, currency: euro, limit: Amount(rawValue: 100), meter: card(9), version: 1)
        try records.recordPurses([purse], of: old, at: Timestamp(rawValue: 4))
        try records.setStatus(.lost, of: old, because: "stolen", at: Timestamp(rawValue: 5))
        let carried = try records.replace(old, by: new, at: Timestamp(rawValue: 6))
        try records.order(18, of: new, reference: try #require(carried.first).reference, balance: 18)
        mark = try #require(try records.auditMark())
        #expect(try records.verify(against: [mark]) == Int(mark.number))
        try records.close()
    }

    private func verify(_ marks: [AuditMark] = []) throws {
        let records = try RecordFile.open(at: folder.recordFile, auditKey: auditKey)
        try records.verify(against: marks)
    }

    @Test(
        arguments: [
            "UPDATE audit_event SET content = x'0105000000000000000A0000000000000001' WHERE number = 3",
            "UPDATE audit_event SET content = x'00' WHERE number = 1",
            "UPDATE audit_event SET kind = 2 WHERE number = 1", "UPDATE audit_event SET subject = 2 WHERE number = 1",
            "UPDATE audit_event SET time = time + 1 WHERE number = 2",
            "UPDATE audit_event SET eid = '0000000000000000' WHERE number = 2",
            "UPDATE audit_event SET eid = replace(eid, '-', '') WHERE number = 2",
            "UPDATE audit_event SET eid = lower(eid) WHERE number = 2",
            "UPDATE audit_event SET hash = zeroblob(32) WHERE number = 4", "DELETE FROM audit_event WHERE number = 4",
            "UPDATE audit_event SET number = number + 100 WHERE number > 4",
            "UPDATE audit_writer SET hash = zeroblob(32)", "UPDATE audit_event SET sequence = sequence + 100",
            "UPDATE audit_event SET form = 1", "UPDATE audit_event SET shard = shard + 1", "DELETE FROM audit_writer",
            "UPDATE audit_event SET writer = 1 WHERE number > 6",
        ])
    func `a changed trail does not verify`(_ change: String) throws {
        try tamper(folder.recordFile, "DROP TRIGGER audit_event_stays; DROP TRIGGER audit_event_keeps; " + change)
        do {
            try verify()
            Issue.record("verified after \(change)")
        } catch let error as HostError {
            #expect(error.code == .auditBroken || error.code == .wrongAuditKey, "\(error)")
        }
    }

    @Test(
        arguments: [
            "UPDATE audit_event SET content = x'00'", "DELETE FROM audit_event",
            "INSERT INTO audit VALUES (1, 1, '', '', '', x'')",
        ])
    func `only added to, even by an SQLite shell`(_ change: String) throws {
        #expect(throws: DatabaseError.self) { try tamper(folder.recordFile, change) }
    }

    @Test(
        arguments: [
            "UPDATE credit_transaction SET amount = 50 WHERE htxn = 1",
            "UPDATE credit_transaction SET state = 3 WHERE htxn = 2", "DELETE FROM credit_transaction WHERE htxn = 3",
            "UPDATE credit_transaction SET balance = 1 WHERE htxn = 3",
            "UPDATE credit_transaction SET settled = settled + 1 WHERE htxn = 3",
            "UPDATE credit_transaction SET reference = 'other' WHERE htxn = 3",
            "UPDATE balance SET amount = amount + 1", "UPDATE balance SET time = time + 1", "DELETE FROM balance",
            "UPDATE element SET standing = 0, replacement = NULL", "UPDATE carry_over SET amount = amount + 1",
            "DELETE FROM carry_over", "UPDATE carry_over SET target = origin", "UPDATE purse SET most = most + 1",
            "UPDATE purse SET version = 2", "DELETE FROM purse",
            "DELETE FROM element WHERE standing = 3",
        ])
    func `records that differ from the trail do not verify`(_ change: String) throws {
        try tamper(folder.recordFile, change)
        expect(.auditBroken) { try verify() }
    }

    @Test func `an end cut off shows where a mark was noted`() throws {
        try tamper(
            folder.recordFile,
            """
            DROP TRIGGER audit_event_keeps;
            DELETE FROM audit_event; DELETE FROM credit_transaction; DELETE FROM carry_over; DELETE FROM purse;
            DELETE FROM balance; UPDATE element SET standing = 0, replacement = NULL
            """)
        try verify()
        expect(.auditBroken) { try verify([mark]) }
    }

    @Test func `another key, or none, does not open it`() throws {
        let other = Secret(copying: [UInt8](repeating: 7, count: 32))
        expect(.wrongAuditKey) { _ = try RecordFile.open(at: folder.recordFile, auditKey: other) }
        expect(.wrongAuditKey) { _ = try RecordFile.open(at: folder.recordFile, auditKey: nil) }
    }

    @Test func `what was recorded can be read from it`() throws {
        let records = try RecordFile.open(at: folder.recordFile, auditKey: auditKey)
        let events = try records.auditTrail(of: card(1)).compactMap(\.event)
        #expect(
            events.map(\.kind) == [
                .transaction, .balance, .transaction, .transaction, .balance, .transaction, .transaction, .balance,
                .transaction, .purse, .elementStatus, .carryOver, .elementStatus,
            ])
        #expect(events.contains(.elementStatus(.lost, reason: "stolen")))
        #expect(try records.auditTrail().count == Int(mark.number))
        #expect(try records.auditTrail(of: card(7)).isEmpty)
    }
}
