import Foundation
import ISO7816

/// What others want of the meter's thread: orders, and cards that come and go in a reader.
final class CommandQueue: @unchecked Sendable {
    enum Entry {
        case order(BenchCommand)
        case cardIn(any CardChannel)
        case cardOut
        /// Whoever gives orders cannot go on.
        case failed(any Error)
    }

    private let condition = NSCondition()
    // With the condition's lock held.
    private var entries: [Entry] = []

    func add(_ entry: sending Entry) {
        condition.lock()
        entries.append(entry)
        condition.signal()
        condition.unlock()
    }

    /// What has come.
    func take() -> [Entry] {
        condition.withLock {
            defer { entries = [] }
            return entries
        }
    }

    /// Waits until something comes, or for `duration`.
    func wait(atMost duration: Duration) {
        let end = Date(timeIntervalSinceNow: duration / .seconds(1))
        condition.lock()
        while entries.isEmpty, condition.wait(until: end) {}
        condition.unlock()
    }
}
