import Records
import RecordsSQLite
import Synchronization
import TestWorlds
import ValueProtocol

/// The host's process, which dies at a chosen write to its records, and does nothing any more then.
final class MortalProcess: Sendable {
    private let writes: DyingProcess
    private let dead = Mutex(false)

    init() { writes = DyingProcess() }

    var isDead: Bool { dead.withLock { $0 } }

    /// Dies at the `write`-th write from now, counted from 0.
    func die(at write: Int, _ point: RecordFile.WritePoint) {
        writes.die(at: DyingProcess.Moment(write: writes.writes + write, point: point))
    }

    /// A death that was to come does not.
    func spare() { writes.die(at: nil) }

    func live() throws { if isDead { throw DyingProcess.Death() } }

    func pass(_ point: RecordFile.WritePoint) throws {
        try live()
        do {
            try writes.pass(point)
        } catch {
            dead.withLock { $0 = true }
            throw error
        }
    }
}

/// The records as a process has them open: what it has not committed goes with it.
final class MortalRecords: RecordStore, SQLRecords {
    private let records: any RecordStore & SQLRecords
    private let process: MortalProcess

    init(_ records: any RecordStore & SQLRecords, of process: MortalProcess) {
        self.records = records
        self.process = process
    }

    var path: String { records.path }
    var trail: AuditTrail { records.trail }

    func read<Value>(_ body: (any SQLConnection) throws -> Value) throws(HostError) -> Value {
        try alive { try process.live() }
        return try records.read(body)
    }

    func write<Value>(_ body: (any SQLConnection) throws -> Value) throws(HostError) -> Value {
        try alive { try process.live() }
        let value = try records.write { connection in
            let value = try body(connection)
            try connection.flushNotes()
            try process.pass(.beforeCommit)
            return value
        }
        try alive { try process.pass(.afterCommit) }
        return value
    }

    func commit<Value: Sendable>(
        _ change: @escaping @Sendable (any RecordAccess) throws(HostError) -> Value
    ) async throws(HostError) -> Value {
        try alive { try process.live() }
        return try await records.commit(change)
    }

    func commit<Value: Sendable>(
        of eid: PartyID, _ change: @escaping @Sendable (any RecordAccess) throws(HostError) -> Value
    ) async throws(HostError) -> Value {
        try alive { try process.live() }
        return try await records.commit(of: eid, change)
    }

    func requireTogether(_ eids: [PartyID]) throws(HostError) { try records.requireTogether(eids) }

    func endContact(with eid: PartyID) throws(HostError) {
        try alive { try process.live() }
        try records.endContact(with: eid)
    }

    private func alive(_ body: () throws -> Void) throws(HostError) {
        do {
            try body()
        } catch {
            throw HostError(.fileUnreachable, path, cause: error)
        }
    }
}
