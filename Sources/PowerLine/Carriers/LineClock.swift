internal import Synchronization

/// The time at a host's end of a line, and the wait for bytes until an instant: the system's, or a test's own.
package struct LineClock: Sendable {
    /// The time.
    let now: @Sendable () -> ContinuousClock.Instant
    /// Waits until one of the descriptors is ready for the requested events, or the instant, and reports which are
    /// ready.
    let wait: @Sendable ([(CInt, Int16)], ContinuousClock.Instant) -> [Bool]

    static let system = LineClock(now: { .now }, wait: { LinePoll.wait($0, until: $1) })

    /// A clock whose time passes only by waiting, and then at once: if nothing has arrived, it jumps to the instant.
    package static func leaping() -> LineClock {
        let time = Time()
        return LineClock(
            now: { time.now.withLock { $0 } },
            wait: { watched, until in
                let ready = LinePoll.wait(watched, until: .now)
                if !ready.contains(true) { time.now.withLock { $0 = max($0, until) } }
                return ready
            })
    }

    private final class Time: Sendable {
        let now = Mutex(ContinuousClock.now)
    }
}
