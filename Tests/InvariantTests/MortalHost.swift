import Records
import RecordsSQLite
import Synchronization

/// The host's process, which can die at a write to its record file: before the commit, or before it learns of it.
final class MortalHost: Sendable {
    struct Death: Error {}

    private let moment = Mutex<(write: Int, point: RecordFile.WritePoint)?>(nil)
    private let begun = Mutex(0)

    /// How many writes were begun.
    var writes: Int { begun.withLock { $0 } }

    /// Dies at the `write`-th write from the world's beginning, counted from 1.
    func die(atWrite write: Int, _ point: RecordFile.WritePoint) { moment.withLock { $0 = (write, point) } }

    func pass(_ point: RecordFile.WritePoint) throws {
        let write = begun.withLock { begun in
            if point == .beforeCommit { begun += 1 }
            return begun
        }
        if let moment = moment.withLock({ $0 }), moment.write == write, moment.point == point { throw Death() }
    }
}
