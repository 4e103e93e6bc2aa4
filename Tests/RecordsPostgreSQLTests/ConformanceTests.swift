import Records
import RecordsPostgreSQL
import RecordsTesting
import TestPrograms
import Testing

@Suite("A database of records passes the conformance suite") struct ConformanceTests {
    /// A database that every caller opens for itself, as other processes do.
    struct Database: RecordStoreUnderTest {
        let address: String

        func open() throws -> any RecordStore { try RecordDatabase(address, auditKey: nil) }
    }

    @Test(arguments: RecordConformance.Check.allCases)
    func `in a database`(_ check: RecordConformance.Check) async throws {
        let database = Database(address: try PostgreSQLServer.shared.get().database())
        try await RecordConformance(seed: 3).run(check, on: database)
    }
}
