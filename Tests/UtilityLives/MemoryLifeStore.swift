package import CardCrypto
import Foundation
import GRDB
package import Records
import RecordsSQLite

/// Records in SQLite in memory.
package final class MemoryLifeStore: LifeStore {
    /// Keeps the database while no process has it open: its disk, so to speak.
    private var disk: DatabaseQueue
    private var name: String
    private var copies: [DatabaseQueue] = []
    private var records: RecordFile?

    package init() throws { (disk, name) = try Self.empty() }

    private static func empty() throws -> (DatabaseQueue, String) {
        let name = "life-" + UUID().uuidString
        return (try DatabaseQueue(named: name), name)
    }

    package func open(auditKey: Secret) throws -> any RecordStore & SQLRecords {
        try close()
        let opened = try RecordFile(.inMemory(named: name), auditKey: auditKey)
        records = opened
        return opened
    }

    private func close() throws {
        try records?.close()
        records = nil
    }

    package func backUp() throws -> Int {
        try close()
        let copy = try DatabaseQueue()
        try disk.backup(to: copy)
        copies.append(copy)
        return copies.count - 1
    }

    package func restore(_ copy: Int?) throws {
        try close()
        (disk, name) = try Self.empty()
        if let copy { try copies[copy].backup(to: disk) }
    }
}
