import Records
import RecordsSQLite
import RecordsTesting
import TestSupport
import Testing

@Suite("A record file passes the conformance suite") struct ConformanceTests {
    /// A file that every caller opens for itself.
    struct File: RecordStoreUnderTest {
        let folder: TemporaryFolder

        func open() throws -> any RecordStore {
            try RecordFile.openOrCreate(at: folder.recordFile, auditKey: auditKey)
        }
    }

    /// Records in memory, which nobody can open a second time.
    struct Memory: RecordStoreUnderTest {
        let records: RecordFile

        func open() throws -> any RecordStore { records }
    }

    @Test(arguments: RecordConformance.Check.allCases)
    func `in a file`(_ check: RecordConformance.Check) async throws {
        let file = File(folder: try TemporaryFolder(isInMemory: true))
        try await RecordConformance(seed: 0xFEDC_BA98_7654_3210).run(check, on: file)
    }

    @Test(arguments: RecordConformance.Check.allCases)
    func `in memory`(_ check: RecordConformance.Check) async throws {
        try await RecordConformance(seed: 2).run(check, on: Memory(records: try RecordFile.inMemory()))
    }
}
