import HeadEnd
import Records
import RecordsSQLite
import Synchronization
import TestSupport
import ValueProtocol

/// Kills what stands for a process at a chosen write to the record file: before its commit, or before it learns of it.
final class DyingProcess: Sendable {
    struct Death: Error {}

    /// Where it dies: at the `write`-th write, counted from 0.
    struct Moment: Sendable, Hashable, CustomStringConvertible {
        let write: Int
        let point: RecordFile.WritePoint
        var description: String { "dies at write \(write), \(point)" }

        static func all(writes: Int) -> [Moment?] {
            [nil]
                + (0..<writes).flatMap {
                    [Moment(write: $0, point: .beforeCommit), Moment(write: $0, point: .afterCommit)]
                }
        }
    }

    private let moment: Moment?
    private let begun = Mutex(0)

    init(_ moment: Moment?) { self.moment = moment }

    /// How many writes were begun.
    var writes: Int { begun.withLock { $0 } }

    func pass(_ point: RecordFile.WritePoint) throws {
        let write = begun.withLock { begun in
            if point == .beforeCommit { begun += 1 }
            return begun - 1
        }
        if moment?.write == write, moment?.point == point { throw Death() }
    }
}

extension TestFolder {
    var recordFile: String { path + "/records" }

    /// A record file whose process dies at `moment`.
    func records(_ keys: HostKeys, dyingAt process: DyingProcess) throws(HostError) -> RecordFile {
        try RecordFile(DatabaseOpening(existing: recordFile), auditKey: keys.auditKey) { try process.pass($0) }
    }
}
