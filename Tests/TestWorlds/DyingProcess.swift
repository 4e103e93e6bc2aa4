package import RecordsSQLite
import Synchronization

/// Simulates the death of a host's process at a chosen write to its record file: before the commit, or after it and
/// before the process learns of it.
package final class DyingProcess: Sendable {
    package struct Death: Error {
        package init() {}
    }

    /// Where it dies: at the `write`-th write, counted from 0.
    package struct Moment: Sendable, Hashable, CustomStringConvertible {
        package let write: Int
        package let point: RecordFile.WritePoint
        package var description: String { "dies at write \(write), \(point)" }

        package init(write: Int, point: RecordFile.WritePoint) {
            self.write = write
            self.point = point
        }

        /// No death, and every possible one in work of this many writes.
        package static func all(writes: Int) -> [Moment?] {
            [nil]
                + (0..<writes).flatMap {
                    [Moment(write: $0, point: .beforeCommit), Moment(write: $0, point: .afterCommit)]
                }
        }
    }

    private let state: Mutex<(moment: Moment?, begun: Int)>

    package init(_ moment: Moment? = nil) { state = Mutex((moment, 0)) }

    /// The number of writes begun.
    package var writes: Int { state.withLock { $0.begun } }

    /// Dies at `moment`, counted from its beginning; nil for not at all.
    package func die(at moment: Moment?) { state.withLock { $0.moment = moment } }

    /// Called by a record file at every write.
    package func pass(_ point: RecordFile.WritePoint) throws {
        let isDead = state.withLock { state in
            if point == .beforeCommit { state.begun += 1 }
            return state.moment == Moment(write: state.begun - 1, point: point)
        }
        if isDead { throw Death() }
    }
}
