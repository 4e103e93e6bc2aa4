import CardCrypto
import Records
import RecordsSQLite
import TestSupport
import Testing
import ValueProtocol

func at(_ seconds: UInt32) -> Timestamp { Timestamp(rawValue: seconds) }

@Suite("Signed roots of the audit trail")
struct AuditRootTests {
    private let records: RecordFile
    private let key: [UInt8]

    init() throws {
        records = try RecordFile.inMemory(auditKey: auditKey)
        key = try #require(try records.rootKey)
    }

    private func roots() throws -> [AuditRoot] { try records.roots() }

    @Test func `every entry is proved by the first root behind it, and by nothing else`() throws {
        var marks: [AuditMark] = []
        for round: UInt32 in 1...4 {
            for amount in 0..<UInt64(round * round) { try records.order(amount + 1, of: card(round)) }
            if let mark = try records.auditMark() { #expect(try records.proof(of: mark) == nil) }
            #expect(try records.signRoot(at: at(round))?.number == Int64(round))
        }
        marks = try records.auditTrail().map(\.mark)
        try records.verify(against: marks)
        let signed = try roots()
        for mark in marks {
            let proof = try #require(try records.proof(of: mark))
            #expect(proof.root == signed.first { $0.heads[0].last >= mark.number })
            #expect(try proof.isValid(for: key), "\(mark)")
            let other = try Ed25519.publicKey(of: Secret(copying: [UInt8](repeating: 3, count: 32)))
            #expect(try !proof.isValid(for: other))
        }
        let last = try #require(marks.last)
        expect(.auditBroken) {
            _ = try records.proof(of: AuditMark(number: last.number, hash: last.hash ^ 1))
        }
        #expect(try records.proof(of: AuditMark(number: last.number + 1, hash: last.hash)) == nil)
    }

    @Test func `nothing new, nothing signed; due after a minute, by the clock that is given`() throws {
        #expect(try records.signRoot(at: at(100)) == nil)
        try records.order(1, of: card(1))
        #expect(try records.signDueRoot(at: at(100))?.number == 1)
        #expect(try records.signDueRoot(at: at(500)) == nil)
        try records.order(2, of: card(1))
        #expect(try records.signDueRoot(at: at(159)) == nil)
        #expect(try records.signDueRoot(at: at(160))?.number == 2)
        try records.order(3, of: card(1))
        // A clock that was set back does not keep roots from being signed.
        #expect(try records.signDueRoot(at: at(90))?.number == 3)
        #expect(try roots().map(\.time) == [at(100), at(160), at(90)])
        try records.verify()
    }

    @Test func `without an audit key there is nothing to sign with`() throws {
        let unkeyed = try RecordFile.inMemory(auditKey: nil)
        try unkeyed.order(1, of: card(1))
        #expect(try unkeyed.signRoot(at: at(1)) == nil)
        #expect(try unkeyed.rootKey == nil)
        try unkeyed.verify()
    }

    @Test func `an entry that is not good is not signed`() throws {
        let folder = try TemporaryFolder(isInMemory: true)
        let file = try RecordFile.create(at: folder.recordFile, auditKey: auditKey)
        try file.order(1, of: card(1))
        try file.close()
        try tamper(
            folder.recordFile, "DROP TRIGGER audit_event_stays; UPDATE audit_event SET time = 7 WHERE number = 2")
        let changed = try RecordFile.open(at: folder.recordFile, auditKey: auditKey)
        expect(.auditBroken) { try changed.signRoot(at: at(1)) }
        #expect(try changed.roots().isEmpty)
    }

    @Test(arguments: OldRecordFile.all)
    func `the old sentences of a file of before are covered too`(_ old: OldRecordFile) throws {
        let folder = try TemporaryFolder(isInMemory: true)
        try old.copy(to: folder)
        let file = try old.open(in: folder)
        let root = try file.signRoot(at: at(1))
        #expect((root == nil) == (old.key == nil))
        try file.verifyTrail()
        guard let root, let publicKey = try file.rootKey else { return }
        #expect(root.heads.map(\.last) == [try #require(try file.auditMark()).number])
        for mark in try file.auditTrail().map(\.mark) {
            #expect(try file.proof(of: mark)?.isValid(for: publicKey) == true, "\(mark)")
        }
    }

    @Test func `a copy has the roots`() throws {
        try records.order(1, of: card(1))
        let root = try #require(try records.signRoot(at: at(1)))
        let copy = try RecordFile.inMemory(auditKey: auditKey)
        try records.copyAll(into: copy)
        #expect(try copy.roots() == [root])
        try copy.verify()
    }
}
