import CardCrypto
import Foundation
import GRDB
import Records
import TestSupport
import Testing
import ValueProtocol

@testable import RecordsSQLite

/// A copy of a record file whose trail holds sentences, and its marks.
struct OldRecordFile: Sendable, CustomTestStringConvertible {
    static let all = [OldRecordFile(name: "keyed", key: auditKey), OldRecordFile(name: "unkeyed", key: nil)]
    let name: String
    let key: Secret?

    var testDescription: String { name }

    private static let files = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Files")

    func marks() throws -> [AuditMark] {
        let text = try String(contentsOf: Self.files.appending(path: name + ".marks"), encoding: .utf8)
        return try text.split(separator: "\n").map { try #require(AuditMark($0)) }
    }

    func copy(to folder: TemporaryFolder) throws {
        let source = Self.files.appending(path: name + ".records")
        try FileManager.default.copyItem(atPath: source.path, toPath: folder.recordFile)
    }

    func open(in folder: TemporaryFolder) throws -> RecordFile {
        try RecordFile.open(at: folder.recordFile, auditKey: key)
    }
}

@Suite("A record file of before goes on")
struct OldRecordFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder(isInMemory: true) }

    private func rows(_ sql: String) throws -> [Row] {
        let database = try DatabaseQueue(path: folder.recordFile)
        let rows = try database.read { try Row.fetchAll($0, sql: sql) }
        try database.close()
        return rows
    }

    @Test(arguments: OldRecordFile.all)
    func `opens, keeps its entries byte for byte, and verifies against the marks of then`(_ old: OldRecordFile) throws {
        try old.copy(to: folder)
        let marks = try old.marks()
        let before = try rows("SELECT * FROM audit ORDER BY number")
        let records = try old.open(in: folder)
        // What the ledger finds in them is new.
        let trail = try records.auditTrail()
        #expect(try records.verify(against: marks) == trail.count)
        #expect(trail.prefix(before.count).map(\.mark.number) == Array(1...Int64(before.count)))
        #expect(trail.prefix(before.count).allSatisfy { $0.event == nil })
        #expect(trail.dropFirst(before.count).allSatisfy { $0.event?.kind == .difference })
        try records.close()
        #expect(try rows("SELECT * FROM audit ORDER BY number") == before)
    }

    @Test(arguments: OldRecordFile.all)
    func `a mark that is not of this file does not hold`(_ old: OldRecordFile) throws {
        try old.copy(to: folder)
        let records = try old.open(in: folder)
        let mark = try #require(try old.marks().first)
        expect(.auditBroken) { _ = try records.verify(against: [AuditMark(number: mark.number, hash: mark.hash ^ 1)]) }
    }

    @Test func `receipts of then carry the same marks`() throws {
        let old = OldRecordFile.all[0]
        try old.copy(to: folder)
        let records = try old.open(in: folder)
        let receipt = try #require(try records.receipt(HostTransaction(rawValue: 1), of: card(1)))
        #expect(receipt.mark.number == 6)
        try records.verify(against: [receipt.mark])
    }

    /// This program completes everything that the old program left unfinished.
    @Test(arguments: OldRecordFile.all)
    func `goes on where it stopped`(_ old: OldRecordFile) throws {
        try old.copy(to: folder)
        var marks = try old.marks()
        let records = try old.open(in: folder)
        let now = Timestamp(rawValue: 1_800_000_000)
        let open = try records.unsettled()
        #expect(open.map(\.eid) == [card(20), card(21)])
        #expect(open.map(\.state) == [.inDoubt, .needsManualResolution])

        // In doubt: the element finally answers. Left to manual resolution: a person resolves it.
        let done = try records.conclude(open[0], as: .done, balance: Amount(rawValue: 5_100), at: now)
        #expect(done.reference == "open")
        _ = try records.resolve(open[1].htxn, of: card(21), applied: true, by: "B. Clerk", because: "receipt", at: now)
        // Not applied: the same order again keeps its number.
        let again = try #require(try records.order(100, of: card(22), balance: 100))
        #expect(again.htxn.rawValue == 1)
        // An old order is not done again.
        #expect(try records.order(10_000_000, of: card(1), reference: "till 3, order 118") == nil)
        // Value in transit arrives.
        let carry = try #require(try records.openCarryOvers(to: card(12)).first)
        try records.order(carry.amount.rawValue, of: card(12), reference: carry.reference, balance: 9_000_000)
        #expect(try records.openCarryOvers(to: card(12)).isEmpty)
        // A blocked card is replaced in turn.
        try records.setStatus(.lost, of: card(4), at: now)
        #expect(try records.replace(card(4), by: card(40), at: now).map(\.amount.rawValue) == [60])
        let purse = Bind(service: .gas, currency: euro, limit: Amount(rawValue: 7), meter: card(9), version: 2)
        try records.recordPurses([purse], of: card(1), at: now)

        let entries = try records.verify(against: marks)
        #expect(entries > Int(marks[marks.count - 1].number))
        marks.append(try #require(try records.auditMark()))
        try records.close()
        let reopened = try old.open(in: folder)
        #expect(try reopened.verify(against: marks) == entries)
        #expect(try reopened.auditTrail().map(\.mark.number) == Array(1...Int64(entries)))
    }

    @Test(
        arguments: [
            "UPDATE audit SET text = 'x' WHERE number = 3", "UPDATE audit SET text = replace(text, '10', '11')",
            "UPDATE audit SET subject = 'x' WHERE number = 2", "UPDATE audit SET time = time + 1 WHERE number = 2",
            "UPDATE audit SET eid = '0000000000000000' WHERE number = 2",
            "UPDATE audit SET hash = zeroblob(32) WHERE number = 4", "DELETE FROM audit WHERE number = 4",
            "UPDATE audit SET number = number + 1000 WHERE number > 100",
            "DELETE FROM audit WHERE number = (SELECT max(number) FROM audit)",
            "DELETE FROM audit",
            "UPDATE audit_event SET content = x'00'", "DELETE FROM audit_event",
            "UPDATE audit_event SET time = time + 1", "UPDATE audit_event SET hash = zeroblob(32)",
            "UPDATE audit_event SET number = number + 1000",
        ], OldRecordFile.all)
    func `a changed entry, of before or of now, is found`(_ change: String, _ old: OldRecordFile) throws {
        try old.copy(to: folder)
        let records = try old.open(in: folder)
        try records.setStatus(.lost, of: card(1), because: "stolen", at: Timestamp(rawValue: 1_800_000_000))
        try records.verify(against: old.marks())
        try records.close()
        let triggers = ["audit_stays", "audit_keeps", "audit_event_stays", "audit_event_keeps"]
        try tamper(folder.recordFile, triggers.map { "DROP TRIGGER \($0); " }.joined() + change)
        let reopened = try old.open(in: folder)
        expect(.auditBroken, "\(change)") { _ = try reopened.verify(against: old.marks()) }
    }

    @Test(
        arguments: [
            "UPDATE credit_transaction SET amount = amount + 1",
            "UPDATE credit_transaction SET state = 1 WHERE state = 4",
            "UPDATE credit_transaction SET reference = 'x' WHERE reference = 'open'",
            "UPDATE credit_transaction SET refusal = 4 WHERE refusal = 2",
            "UPDATE credit_transaction SET balance = NULL WHERE balance IS NOT NULL",
            "DELETE FROM credit_transaction WHERE eid = '00A1B2C3-10-000002'",
            "UPDATE tariff_order SET effective = effective + 1",
            "UPDATE balance SET amount = amount + 1", "DELETE FROM balance WHERE service = 127",
            "UPDATE element SET standing = 0, replacement = NULL", "UPDATE element SET standing = 1 WHERE standing = 0",
            "UPDATE carry_over SET target = origin", "DELETE FROM carry_over WHERE service = 2",
            "UPDATE purse SET most = most + 1", "DELETE FROM purse",
        ], OldRecordFile.all)
    func `records that differ from sentences of before are found`(_ change: String, _ old: OldRecordFile) throws {
        try old.copy(to: folder)
        try old.open(in: folder).close()
        try tamper(folder.recordFile, change)
        let records = try old.open(in: folder)
        expect(.auditBroken, "\(change)") { _ = try records.verify() }
    }

    @Test func `nothing is added to sentences, and none is changed`() throws {
        try OldRecordFile.all[0].copy(to: folder)
        try OldRecordFile.all[0].open(in: folder).close()
        for change in [
            "UPDATE audit SET text = 'x'", "DELETE FROM audit",
            "INSERT INTO audit SELECT number + 1000, time, eid, subject, text, hash FROM audit",
        ] {
            #expect(throws: DatabaseError.self, "\(change)") { try tamper(folder.recordFile, change) }
        }
    }

    @Test func `a file without the tables of meters is brought up to date too`() throws {
        let database = try DatabaseQueue(path: folder.recordFile)
        try database.write { try $0.execute(sql: "PRAGMA application_id = \(RecordSchema.applicationID)") }
        try RecordSchema.migrator.migrate(database, upTo: "1: elements, transactions, audit trail")
        try database.close()
        let records = try RecordFile.open(at: folder.recordFile, auditKey: nil)
        try records.order(5, of: card(1), balance: 5)
        #expect(try records.verify() == 3)
    }
}
