import Foundation
import Records
import RecordsSQLite
import RecordsTesting
import TestSupport
import Testing

@Suite("A trail that was tampered with in its file")
struct TrailTamperingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder(isInMemory: true) }

    private static let count = ProcessInfo.processInfo.environment["VALUESTORE_CAMPAIGN"] == nil ? 170 : 10_000

    @Test func `every column changed, entries and roots removed, swapped and cut off: all are found`() throws {
        let records = try RecordFile.create(at: folder.recordFile, auditKey: auditKey)
        let triggers = ["audit_event_stays", "audit_event_keeps", "audit_root_stays", "audit_root_keeps"]
        var tampering = try TrailTampering([records], disarm: triggers.map { "DROP TRIGGER \($0)" }, seed: 6)
        try tampering.run(Self.count)
    }

    @Test func `a file that was rolled back shows where a mark was noted since`() throws {
        let records = try RecordFile.create(at: folder.recordFile, auditKey: auditKey)
        for amount: UInt64 in 1...3 { try records.order(amount, of: card(1)) }
        try records.signRoot(at: at(1))
        try records.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.recordFile))
        let later = try RecordFile.open(at: folder.recordFile, auditKey: auditKey)
        try later.order(9, of: card(1))
        let mark = try #require(try later.auditMark())
        try later.close()
        try before.write(to: URL(fileURLWithPath: folder.recordFile))
        let old = try RecordFile.open(at: folder.recordFile, auditKey: auditKey)
        try old.verifyTrail()
        expect(.auditBroken) { try old.verifyTrail(against: [mark]) }
    }

    @Test func `the root of an end that was cut off tells of it`() throws {
        let records = try RecordFile.create(at: folder.recordFile, auditKey: auditKey)
        for amount: UInt64 in 1...3 { try records.order(amount, of: card(1)) }
        try records.signRoot(at: at(1))
        try records.close()
        try tamper(folder.recordFile, "DROP TRIGGER audit_event_keeps; DELETE FROM audit_event WHERE number > 2")
        let cut = try RecordFile.open(at: folder.recordFile, auditKey: auditKey)
        expect(.auditBroken) { try cut.verifyTrail() }
    }
}
