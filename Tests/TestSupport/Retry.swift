import Foundation

/// Repeats `body` while its error is transient, for at most ten minutes.
///
/// For opening a file with a lock: a process that another test starts inherits this process's open files, and their
/// locks, until it calls exec.
package func retry<Value>(while isTransient: (any Error) -> Bool, _ body: () throws -> Value) throws -> Value {
    let end = ContinuousClock.now + .seconds(600)
    while true {
        do {
            return try body()
        } catch  where isTransient(error) && ContinuousClock.now < end {
            sched_yield()
        }
    }
}
