import CardCrypto
import Foundation
import HeadEnd
import Records
import RecordsSQLite
import TestSupport
import TestWorlds
import Testing
import ValueProtocol

@Suite("Records that are lost or old make no order twice")
struct LostRecordsTests {
    private let files: TemporaryFolder
    private let folder: HostFolder
    private let keys: HostKeys
    private let card: TestCard

    init() throws {
        files = try TemporaryFolder(isInMemory: true)
        folder = HostFolder(files.path(of: "host"))
        try folder.prepare()
        keys = try testKeys()
        card = try TestCard(keys: keys)
    }

    /// Opens the host as a program does: without sealed keys, since the audit key does not matter here.
    private func open(acceptsAny: Bool = false, database: String? = nil) throws -> RecordFile {
        let host = try HostContext.open(
            folder, needsKeys: false, database: database, acceptsAnyRecords: acceptsAny,
            passphrase: { _ in throw HostError(.noKeys, "") },
            records: { place, key in
                guard case .file(let path) = place else { throw HostError(.databaseUnreachable, "\(place)") }
                return try RecordFile.openOrCreate(at: path, auditKey: key)
            })
        return try #require(host.records as? RecordFile)
    }

    private func store(_ amount: UInt64, _ reference: String, in records: RecordFile) throws -> CreditResult {
        try client(records, keys).store(amount, over: card.channel, reference: reference)
    }

    @Test func `a file that is gone is missed`() throws {
        var records = try open()
        #expect(try store(5, "first", in: records).state == .done)
        try records.close()
        // The mark of what was done is noted when the file is opened next.
        try open().close()
        try FileManager.default.removeItem(atPath: folder.records)
        expect(.recordsMissing) { _ = try open() }
        #expect(!FileManager.default.fileExists(atPath: folder.records))
        records = try open(acceptsAny: true)
        // The same order again: the records no longer know that it was done.
        expect(.recordsBehind) { _ = try store(5, "first", in: records) }
        #expect(try card.holds() == 5)
        let accepted = try client(records, keys).acceptNumbers(over: card.channel)
        #expect(accepted.eid == card.eid)
        #expect(accepted.gap == NumberGap(known: .none, applied: HostTransaction(rawValue: 1)))
        #expect(try store(7, "second", in: records).state == .done)
        #expect(try records.transactions(of: card.eid).map(\.htxn.rawValue) == [2])
        try records.verify()
    }

    @Test func `yesterday's file in its place is noticed`() throws {
        try open().close()
        let records = try open()
        #expect(try store(5, "first", in: records).state == .done)
        try records.close()
        try open().close()
        let copy = try Data(contentsOf: URL(filePath: folder.records))
        let later = try open()
        #expect(try store(7, "second", in: later).state == .done)
        try later.close()
        try open().close()
        try copy.write(to: URL(filePath: folder.records))
        expect(.recordsChanged) { _ = try open() }
        let old = try open(acceptsAny: true)
        expect(.recordsBehind) { _ = try store(7, "second", in: old) }
        #expect(try card.holds() == 12)
    }

    @Test func `an empty host has no records to miss`() throws {
        try open().close()
        try FileManager.default.removeItem(atPath: folder.records)
        #expect(try open().elements().isEmpty)
    }

    @Test func `records have one place`() throws {
        #expect(try folder.recordPlace() == .file(folder.records))
        #expect(try folder.recordPlace(naming: "postgresql:///a") == .database("postgresql:///a"))
        try open().close()
        expect(.recordsElsewhere) { _ = try folder.recordPlace(naming: "postgresql:///a") }
        try folder.chooseDatabase("postgresql:///a")
        #expect(try folder.recordPlace() == .database("postgresql:///a"))
        #expect(try folder.recordPlace(naming: "postgresql:///a") == .database("postgresql:///a"))
        expect(.recordsElsewhere) { _ = try folder.recordPlace(naming: "postgresql:///b") }
    }

    @Test func `a backup is a host's folder, and goes on`() throws {
        let host = HostContext(
            folder, records: try open(), keys: try testKeys(), clock: { Timestamp(rawValue: 1000) })
        let records = try #require(host.records as? RecordFile)
        #expect(try store(5, "first", in: records).state == .done)
        let copy = HostFolder(files.path(of: "copy"))
        // The audit key is the file's, which has none.
        let backup = try host.backUp(
            to: copy, create: { path, _ in try RecordFile.create(at: path, auditKey: nil) },
            reopen: { path, _ in try RecordFile.open(at: path, auditKey: nil) })
        #expect(try backup.mark == records.auditMark())
        #expect(try store(7, "second", in: records).state == .done)
        let copied = try RecordFile.open(at: copy.records, auditKey: nil)
        #expect(try copied.transactions(of: card.eid).map(\.order.amount.rawValue) == [5])
        try copied.verify(against: [try #require(backup.mark)])
        // What was done since the backup is not done again.
        expect(.recordsBehind) { _ = try store(7, "second", in: copied) }
        expect(.fileExists) {
            _ = try host.backUp(
                to: copy, create: { path, _ in try RecordFile.create(at: path, auditKey: nil) },
                reopen: { path, _ in try RecordFile.open(at: path, auditKey: nil) })
        }
    }
}

@Suite("A record file of version 3 goes on")
struct VersionThreeRecordsTests {
    private static let files = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Files")
    private let meter = PartyID(issuer: 0xA1B2C3, kind: .electricMeter, number: 0x77)

    @Test func `with its usage, events and clocks, and its trail`() throws {
        let folder = try TemporaryFolder(isInMemory: true)
        let path = folder.path(of: "records")
        try FileManager.default.copyItem(atPath: Self.files.appending(path: "version-3.records").path, toPath: path)
        let sealed = SealedKeyFile(at: Self.files.appending(path: "version-3.keys").path)
        let keys = try sealed.open(passphrase: Secret(copying: Array("a passphrase for trying".utf8)))
        let records = try RecordFile.open(at: path, auditKey: keys.auditKey)
        let receipts = ["4-4AFA2C13F30F91FF", "12-B4D88A7F7E9C2C90"].compactMap { AuditMark($0) }
        #expect(try records.verify(against: receipts) == 12)
        let hours = try records.use(of: meter, .hours)
        #expect(hours.count == 73 && hours.map(\.start.rawValue).first == 1_795_975_200)
        #expect(zip(hours, hours.dropFirst()).allSatisfy { $1.start.rawValue == $0.start.rawValue + 3600 })
        for (series, count, quantity, spent): (UsageSeries, Int, UInt32, UInt64) in [
            (.hours, 73, 268, 80_628), (.days, 4, 268, 80_628), (.weeks, 2, 113, 33_904), (.months, 2, 113, 33_904),
        ] {
            let use = try records.use(of: meter, series)
            #expect(use.count == count, "\(series)")
            #expect(use.reduce(0) { $0 + $1.quantity } == quantity && use.reduce(0) { $0 + $1.spent.rawValue } == spent)
        }
        #expect(try records.events(of: meter).count == 6)
        #expect(try records.clocks(of: meter).count == 4)
        // And goes on.
        #expect(try records.beginSettingClock(to: .init(rawValue: 5), of: meter, at: .init(rawValue: 6)) == 5)
        try records.setStatus(.lost, of: meter, at: Timestamp(rawValue: 7))
        #expect(try records.verify(against: receipts) == 13)
        #expect(try records.auditMark()?.number == 13)
    }
}
