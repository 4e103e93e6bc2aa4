import CardCrypto
import Foundation
import GRDB
import Records
import TestSupport
import Testing
import ValueProtocol

@testable import RecordsSQLite

@Suite("A record file tells what is wrong with it")
struct RecordFileTests {
    let folder: TemporaryFolder
    let eid = PartyID(issuer: 1, kind: .subscriberCard, number: 2)

    init() throws { folder = try TemporaryFolder(isInMemory: true) }

    private func open() throws(HostError) -> RecordFile { try RecordFile.open(at: folder.recordFile, auditKey: nil) }

    @Test func `a closed file refuses every call`() throws {
        let records = try RecordFile.inMemory()
        try records.close()
        expect(.fileUnreachable) { _ = try records.transactions() }
        expect(.fileUnreachable) { try records.recordReading(upTo: Timestamp(rawValue: 1), of: card(1)) }
    }

    @Test func `missing, already there, out of reach`() throws {
        expect(.noFile) { _ = try open() }
        try RecordFile.create(at: folder.recordFile, auditKey: nil).close()
        expect(.fileExists) { _ = try RecordFile.create(at: folder.recordFile, auditKey: nil) }
        expect(.noFile) { _ = try RecordFile.create(at: folder.path + "/none/records", auditKey: nil) }
        expect(.fileUnreachable) { _ = try RecordFile.open(at: folder.path, auditKey: nil) }
    }

    @Test func `only its owner reads it`() throws {
        let records = try RecordFile.create(at: folder.recordFile, auditKey: nil)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let mode = try FileManager.default.attributesOfItem(atPath: folder.path + "/" + name)[.posixPermissions]
            #expect(mode as? Int == 0o600, "\(name)")
        }
        try records.close()
    }

    @Test func `every commit is synced, and references hold`() throws {
        for records in [try RecordFile.create(at: folder.recordFile, auditKey: nil), try open()] {
            let settings = try records.read { database in
                try ["journal_mode", "synchronous", "foreign_keys"].map {
                    try database.query("PRAGMA \($0)", []).first
                }
            }
            #expect(try settings[0]?.text("journal_mode") == "wal")
            // FULL.
            #expect(try settings[1]?.integer("synchronous") == 2)
            #expect(try settings[2]?.integer("foreign_keys") == 1)
        }
    }

    @Test func `something else`() throws {
        try Data("credit, 5 euro\n".utf8).write(to: URL(fileURLWithPath: folder.recordFile))
        expect(.notARecordFile) { _ = try open() }
        try FileManager.default.removeItem(atPath: folder.recordFile)
        let other = try DatabaseQueue(path: folder.recordFile)
        try other.write { try $0.execute(sql: "CREATE TABLE song (title TEXT)") }
        try other.close()
        expect(.notARecordFile) { _ = try open() }
    }

    @Test func `written by a newer program`() throws {
        try RecordFile.create(at: folder.recordFile, auditKey: nil).close()
        let newer = try DatabaseQueue(path: folder.recordFile)
        try newer.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('9: later')") }
        try newer.close()
        expect(.fileNewer) { _ = try open() }
    }

    @Test func `locked by another process`() throws {
        try RecordFile.create(at: folder.recordFile, auditKey: nil).close()
        var opening = try DatabaseOpening(existing: folder.recordFile)
        opening.lockTimeout = 0
        let records = try RecordFile(opening, auditKey: nil)
        let other = try DatabaseQueue(path: folder.recordFile)
        try other.writeWithoutTransaction { database in
            try database.execute(sql: "BEGIN IMMEDIATE")
            expect(.locked) { try records.setStatus(.lost, of: eid, at: Timestamp(rawValue: 1)) }
            try database.execute(sql: "ROLLBACK")
        }
        try records.setStatus(.lost, of: eid, at: Timestamp(rawValue: 1))
        #expect(try records.element(eid)?.status == .lost)
    }

    @Test func `damaged pages`() throws {
        let records = try RecordFile.create(at: folder.recordFile, auditKey: nil)
        for number: UInt32 in 1...200 {
            let eid = PartyID(issuer: 1, kind: .subscriberCard, number: number)
            try records.setStatus(.blocked, of: eid, at: Timestamp(rawValue: number))
        }
        try records.close()
        let url = URL(fileURLWithPath: folder.recordFile)
        var bytes = try Data(contentsOf: url)
        for index in bytes.indices where index >= 4096 { bytes[index] = 0xA5 }
        try bytes.write(to: url)
        expect(.corrupt) {
            let records = try open()
            _ = try records.elements()
            try records.verify()
        }
    }

    @Test func `a value that cannot be is damage`() throws {
        let records = try RecordFile.create(at: folder.recordFile, auditKey: nil)
        try records.setStatus(.lost, of: eid, at: Timestamp(rawValue: 1))
        try records.close()
        let shell = try DatabaseQueue(path: folder.recordFile)
        try shell.write { try $0.execute(sql: "UPDATE element SET standing = 12") }
        try shell.close()
        expect(.corrupt) { _ = try open().element(eid) }
    }

    @Test func `a creation that stopped half-way is finished when it is opened`() throws {
        #expect(FileManager.default.createFile(atPath: folder.recordFile, contents: Data()))
        let records = try open()
        try records.setStatus(.lost, of: eid, at: Timestamp(rawValue: 1))
        try records.verify()
    }

    @Test func `what an authority notes is there after reopening`() throws {
        let created = try RecordFile.create(at: folder.recordFile, auditKey: nil)
        let block = try SystemRandomness().block()
        let identity = SessionIdentity(
            key: KeyName(.credit, 2), pid: .none, eid: eid, nt: 7, r1: block, r2: block)
        try created.recordGenuine(identity)
        try created.recordLoadedKeys([KeyName(.admin, 3), KeyName(.admin, 2)], to: eid)
        try created.recordIssued(eid)
        #expect(throws: SessionError(.staleElement, "")) { try created.recordGenuine(identity) }
        try created.close()
        let records = try open()
        let element = try #require(try records.element(eid))
        #expect(
            element
                == ElementRecord(
                    eid: eid, lastNT: 7, wasIssued: true, status: .inUse,
                    keys: [KeyName(.credit, 2), KeyName(.admin, 3)]))
        #expect(try records.highestVersion(of: .credit, for: eid) == 2)
        #expect(try records.highestVersion(of: .usage, for: eid) == nil)
        #expect(try records.wasIssued(eid))
        #expect(try records.lastNT(of: eid) == 7)
        let purse = Bind(
            service: .gas, currency: Currency(rawValue: 978), limit: Amount(rawValue: 100), meter: eid, version: 4)
        try records.recordPurses([purse], of: eid, at: Timestamp(rawValue: 3))
        #expect(try records.purses(of: eid).map(\.request) == [purse.request])
    }
}
