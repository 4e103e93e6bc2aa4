import CardCrypto
import Foundation
import Records
import RecordsPostgreSQL
import RecordsTesting
import TestPrograms
import Testing

@Suite("A trail that was tampered with in its database")
struct TrailTamperingTests {
    private static let count = ProcessInfo.processInfo.environment["VALUESTORE_CAMPAIGN"] == nil ? 85 : 10_000

    @Test func `every column changed, entries and roots removed, swapped and cut off: all are found`() throws {
        let address = try PostgreSQLServer.shared.get().database()
        let key = Secret(copying: Array(1...32))
        let stores = [try RecordDatabase(address, auditKey: key), try RecordDatabase(address, auditKey: key)]
        let disarm = [
            "DROP TRIGGER audit_event_stays ON audit_event", "DROP TRIGGER audit_root_stays ON audit_root",
        ]
        var tampering = try TrailTampering(stores, disarm: disarm, seed: 7)
        try tampering.run(Self.count)
    }
}
