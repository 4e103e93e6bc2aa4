internal import Foundation
public import ISO7816

/// What happens to a bench from outside.
public enum BenchEvent {
    /// Whoever operates it wants something done.
    case command(BenchCommand)
    /// A card came into the reader that is the meter's slot.
    case cardInserted(any CardChannel)
    /// It went.
    case cardRemoved
    /// Whoever reports these events cannot go on.
    case failed(any Error)
}

/// Events on their way to the bench's thread, from any other.
@safe public final class BenchQueue: @unchecked Sendable {
    private let condition = NSCondition()
    // With the condition's lock held.
    private var events: [BenchEvent] = []

    public init() {}

    /// Adds an event, and wakes the bench where it waits.
    public func add(_ event: sending BenchEvent) {
        condition.lock()
        events.append(event)
        condition.signal()
        condition.unlock()
    }

    /// Takes what has come, the oldest first.
    public func dequeueAll() -> [BenchEvent] {
        condition.lock()
        defer { condition.unlock() }
        defer { events = [] }
        return events
    }

    /// Waits until something comes, or for `duration`.
    public func wait(atMost duration: Duration) {
        let end = Date(timeIntervalSinceNow: duration / .seconds(1))
        condition.lock()
        while events.isEmpty, condition.wait(until: end) {}
        condition.unlock()
    }
}
