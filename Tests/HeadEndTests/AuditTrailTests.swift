import GRDB
import HeadEnd
import Testing
import ValueProtocol

@Suite("Nobody rewrites the audit trail quietly")
struct AuditTrailTests {
    let keys: HostKeys
    let folder: TestFolder
    let mark: AuditMark
    let eid: PartyID

    init() throws {
        keys = try testKeys()
        folder = try TestFolder()
        let old = try TestCard(1, keys: keys)
        let new = try TestCard(2, keys: keys)
        eid = old.eid
        let records = try RecordFile.create(at: folder.recordFile, auditKey: keys.auditKey)
        let desk = try desk(records, keys)
        for amount: UInt64 in [5, 6, 7] { _ = try desk.store(amount, over: old.channel) }
        try records.setStanding(.lost, of: eid, because: "stolen", at: Timestamp(rawValue: 5))
        _ = try records.replace(eid, by: new.eid, at: Timestamp(rawValue: 6))
        _ = try desk.completeCarryOver(over: new.channel)
        mark = try #require(try records.auditMark())
        #expect(try records.verify(against: [mark]) == Int(mark.number))
        try records.close()
    }

    /// Changes the file as somebody with an SQLite shell would.
    private func tamper(_ statements: String) throws {
        let database = try DatabaseQueue(path: folder.recordFile)
        try database.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA foreign_keys = OFF")
            try database.execute(sql: statements)
        }
        try database.close()
    }

    private func verify(_ marks: [AuditMark] = []) throws {
        let records = try RecordFile.open(at: folder.recordFile, auditKey: keys.auditKey)
        try records.verify(against: marks)
    }

    @Test(
        arguments: [
            "UPDATE audit SET text = 'x' WHERE number = 3", "UPDATE audit SET text = 'x' WHERE number = 1",
            "UPDATE audit SET subject = 'x' WHERE number = 2", "UPDATE audit SET time = time + 1 WHERE number = 2",
            "UPDATE audit SET eid = '0000000000000000' WHERE number = 2",
            "UPDATE audit SET hash = zeroblob(32) WHERE number = 4", "DELETE FROM audit WHERE number = 4",
            "UPDATE audit SET number = number + 100 WHERE number > 4",
            "UPDATE audit_origin SET hash = zeroblob(32)",
        ])
    func `a changed trail does not verify`(_ change: String) throws {
        try tamper("DROP TRIGGER audit_stays; DROP TRIGGER audit_keeps; " + change)
        do {
            try verify()
            Issue.record("verified after \(change)")
        } catch let error as HostError {
            #expect(error.code == .auditBroken || error.code == .wrongAuditKey)
        }
    }

    @Test func `only added to, even by an SQLite shell`() throws {
        #expect(throws: DatabaseError.self) { try tamper("UPDATE audit SET text = 'x'") }
        #expect(throws: DatabaseError.self) { try tamper("DELETE FROM audit") }
    }

    @Test(
        arguments: [
            "UPDATE credit_transaction SET amount = 50 WHERE htxn = 1",
            "UPDATE credit_transaction SET state = 3 WHERE htxn = 2", "DELETE FROM credit_transaction WHERE htxn = 3",
            "UPDATE credit_transaction SET balance = 1 WHERE htxn = 3",
            "UPDATE balance SET amount = amount + 1", "DELETE FROM balance",
            "UPDATE element SET standing = 0, replacement = NULL", "UPDATE carry_over SET amount = amount + 1",
            "DELETE FROM carry_over", "UPDATE carry_over SET target = origin",
        ])
    func `records that differ from the trail do not verify`(_ change: String) throws {
        try tamper(change)
        expect(.auditBroken) { try verify() }
    }

    @Test func `an end cut off shows where a mark was noted`() throws {
        try tamper(
            """
            DROP TRIGGER audit_keeps;
            DELETE FROM audit WHERE number > 1; DELETE FROM credit_transaction; DELETE FROM carry_over;
            DELETE FROM balance WHERE amount <> 0; UPDATE element SET standing = 0, replacement = NULL
            """)
        expect(.auditBroken) { try verify([mark]) }
    }

    @Test func `another key, or none, does not open it`() throws {
        let other = try HostKeys(pid: keys.pid)
        expect(.wrongAuditKey) { _ = try RecordFile.open(at: folder.recordFile, auditKey: other.auditKey) }
        expect(.wrongAuditKey) { _ = try RecordFile.open(at: folder.recordFile, auditKey: nil) }
    }
}
