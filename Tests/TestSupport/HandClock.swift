import Synchronization

/// A clock controlled by a test: its time stands still until the test advances it.
package final class HandClock: Clock, Sendable {
    package typealias Duration = Swift.Duration
    package typealias Instant = ContinuousClock.Instant

    private struct State {
        var now = ContinuousClock.now
        var looks = 0
        var sleepers: [Int: (until: Instant, continuation: CheckedContinuation<Void, any Error>)] = [:]
        var nextSleeper = 0
        var watchers: [(looks: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    package init() {}

    package let minimumResolution = Duration.zero

    /// The time. Tests can wait for it to be read (``waitForLooks(_:)``).
    package var now: Instant {
        let (now, due) = state.withLock { state in
            state.looks += 1
            let due = state.watchers.filter { $0.looks <= state.looks }
            state.watchers.removeAll { $0.looks <= state.looks }
            return (state.now, due)
        }
        for watcher in due { watcher.continuation.resume() }
        return now
    }

    /// Waits until the time was read this many times since the clock was made.
    package func waitForLooks(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isDue = state.withLock { state in
                if state.looks < count { state.watchers.append((count, continuation)) }
                return state.looks >= count
            }
            if isDue { continuation.resume() }
        }
    }

    /// An instant this far ahead, without counting as a reading.
    package func instant(after duration: Duration) -> Instant { state.withLock { $0.now + duration } }

    /// Advances the time, and wakes those who sleep until then.
    package func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now += duration
            let due = state.sleepers.filter { $0.value.until <= state.now }
            for number in due.keys { state.sleepers[number] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }

    package func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        let number = state.withLock { state in
            state.nextSleeper += 1
            return state.nextSleeper
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isDue = state.withLock { state in
                    let isDue = state.now >= deadline || Task.isCancelled
                    if !isDue { state.sleepers[number] = (deadline, continuation) }
                    return isDue
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { $0.sleepers.removeValue(forKey: number) }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
        try Task.checkCancellation()
    }
}
