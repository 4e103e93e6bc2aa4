package import Foundation

/// Something that several threads change, and on whose changes they wait.
@safe package final class Monitor<State>: @unchecked Sendable {
    private let condition = NSCondition()
    // With the lock held.
    private var state: State

    package init(_ state: sending State) { self.state = state }

    /// Changes it, or looks at it, and has those look again who wait.
    @discardableResult
    package func withLock<Value>(_ body: (inout State) throws -> Value) rethrows -> Value {
        defer { condition.broadcast() }
        return try condition.withLock { try body(&state) }
    }

    /// Blocks the thread until `look` finds something.
    ///
    /// - Parameter deadline: when it gives up; nil where it never does.
    /// - Returns: what was found; nil where the deadline has passed.
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
