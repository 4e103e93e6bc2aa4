import CardCrypto
import GRDB
import HeadEnd
import Records
import RecordsSQLite
import Synchronization

/// The host's records: an SQLite database in memory, which outlives its processes, and a disk that fails.
final class LifeRecords {
    static let auditKey = Secret(copying: [UInt8](repeating: 0x41, count: 32))

    /// The disk under one process.
    final class Disk: Sendable {
        struct Refusal: Error {}

        private struct State {
            var fault: FaultTable.RecordFault?
            var hasHappened = false
            var isDead = false
        }

        private let state = Mutex(State())

        /// What happens to the next write; nil for nothing.
        func plan(_ fault: FaultTable.RecordFault?) {
            state.withLock { ($0.fault, $0.hasHappened) = (fault, false) }
        }

        /// Whether what was planned has happened.
        var hasHappened: Bool { state.withLock { $0.hasHappened } }
        /// Whether the process is dead.
        var isDead: Bool { state.withLock { $0.isDead } }

        func pass(_ point: RecordFile.WritePoint) throws {
            try state.withLock { state in
                guard !state.isDead else { throw Refusal() }
                switch (state.fault, point) {
                case (.refused?, .beforeCommit): state.fault = nil
                case (.killedBefore?, .beforeCommit), (.killedAfter?, .afterCommit): state.isDead = true
                default: return
                }
                state.hasHappened = true
                throw Refusal()
            }
        }
    }

    private static let count = Atomic<Int>(0)
    private static let empty = Mutex<Template?>(nil)

    /// A database without records, which is copied faster than made.
    private final class Template: Sendable {
        let database: DatabaseQueue
        init(_ database: DatabaseQueue) { self.database = database }
    }

    private var database: DatabaseQueue
    private var name: String
    private(set) var file: RecordFile
    private(set) var disk = Disk()

    init() throws {
        let template = try Self.empty.withLock { template in
            if let template { return template }
            let (database, name) = try Self.make()
            try RecordFile(.inMemory(named: name), auditKey: Self.auditKey).close()
            let new = Template(database)
            template = new
            return new
        }
        (database, name) = try Self.make()
        try template.database.backup(to: database)
        file = try Self.open(name, disk)
    }

    private static func make() throws -> (DatabaseQueue, String) {
        let name = "grid-life-\(count.add(1, ordering: .relaxed).newValue)"
        return (try DatabaseQueue(named: name), name)
    }

    private static func open(_ name: String, _ disk: Disk) throws -> RecordFile {
        try RecordFile(.inMemory(named: name), auditKey: auditKey) { try disk.pass($0) }
    }

    /// The host's program begins anew, with what the one before committed.
    func restart() throws {
        try file.close()
        disk = Disk()
        file = try Self.open(name, disk)
    }

    /// A copy, as a backup makes it.
    func backUp() throws -> DatabaseQueue {
        let copy = try DatabaseQueue()
        try database.backup(to: copy)
        return copy
    }

    /// The program begins anew with a copy in the records' place.
    func restore(_ copy: DatabaseQueue) throws {
        try file.close()
        (database, name) = try Self.make()
        try copy.backup(to: database)
        disk = Disk()
        file = try Self.open(name, disk)
    }
}
