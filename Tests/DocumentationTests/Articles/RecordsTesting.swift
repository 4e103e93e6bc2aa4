import Records
import RecordsSQLite
import RecordsTesting
import TestSupport
import Testing

struct MyRecords: RecordStoreUnderTest {
    let path: String

    func open() throws -> any RecordStore { try RecordFile.openOrCreate(at: path, auditKey: nil) }
}

@Suite struct RecordsTestingArticle {
    @Test func `a store of one's own passes`() async throws {
        let folder = try TemporaryFolder(isInMemory: true)
        for check in [RecordConformance.Check.register, .clocks] {
            let newPath = folder.path(of: check.rawValue)

            try await RecordConformance(seed: 1).run(check, on: MyRecords(path: newPath))
        }
    }
}
