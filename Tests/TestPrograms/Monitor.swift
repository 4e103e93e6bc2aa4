package import Foundation

/// A value that several threads change, and for whose changes they wait.
@safe package final class Monitor<State>: @unchecked Sendable {
    private let condition = NSCondition()
    // With the lock held.
    private var state: State

    package init(_ state: sending State) { self.state = state }

    /// Changes or reads it, and wakes the waiting threads.
    @discardableResult
    package func withLock<Value>(_ body: (inout State) throws -> Value) rethrows -> Value {
        defer { condition.broadcast() }
        return try condition.withLock { try body(&state) }
    }

    /// Blocks the thread until `look` returns a value.
    ///
    /// - Parameter deadline: when to stop waiting; nil for never.
    /// - Returns: the value; nil where the deadline has passed.
    package func wait<Found>(until deadline: Date? = nil, _ look: (inout State) throws -> Found?) rethrows -> Found? {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let found = try look(&state) { return found }
            if let deadline {
                guard condition.wait(until: deadline) else { return nil }
            } else {
                condition.wait()
            }
        }
    }
}
