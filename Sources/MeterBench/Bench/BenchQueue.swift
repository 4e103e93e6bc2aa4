internal import Foundation
public import ISO7816

/// An external event of a bench.
public enum BenchEvent {
    /// The operator gives a command.
    case command(BenchCommand)
    /// A card was inserted into the reader that serves as the meter's slot.
    case cardInserted(any CardChannel)
    /// It was removed.
    case cardRemoved
    /// The source of these events cannot continue.
    case failed(any Error)
}

/// Events for the bench's thread, from any other thread.
@safe public final class BenchQueue: @unchecked Sendable {
    private let condition = NSCondition()
    // Accessed while holding the condition's lock.
    private var events: [BenchEvent] = []

    public init() {}

    /// Adds an event, and wakes the bench if it is waiting.
    public func add(_ event: sending BenchEvent) {
        condition.lock()
        events.append(event)
        condition.signal()
        condition.unlock()
    }

    /// Dequeues all events, oldest first.
    func dequeueAll() -> [BenchEvent] {
        condition.lock()
        defer { condition.unlock() }
        defer { events = [] }
        return events
    }

    /// Waits until an event is added, or for `duration`.
    public func wait(atMost duration: Duration) {
        let end = Date(timeIntervalSinceNow: duration / .seconds(1))
        condition.lock()
        while events.isEmpty, condition.wait(until: end) {}
        condition.unlock()
    }
}
