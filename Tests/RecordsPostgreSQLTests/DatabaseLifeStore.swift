import CardCrypto
import Records
import RecordsPostgreSQL
import TestPrograms
import UtilityLives

/// Records in a database of a server.
final class DatabaseLifeStore: LifeStore {
    private let server: PostgreSQLServer
    private var address: String
    private var copies: [String] = []
    private var records: RecordDatabase?

    init(on server: PostgreSQLServer) throws {
        self.server = server
        address = try server.database()
    }

    func open(auditKey: Secret) throws -> any RecordStore & SQLRecords {
        close()
        let opened = try RecordDatabase(address, auditKey: auditKey)
        records = opened
        return opened
    }

    private func close() {
        records?.close()
        records = nil
    }

    func backUp() throws -> Int {
        close()
        copies.append(try server.database(copying: address))
        return copies.count - 1
    }

    func restore(_ copy: Int?) throws {
        close()
        address = try copy.map { try server.database(copying: copies[$0]) } ?? server.database()
    }
}
