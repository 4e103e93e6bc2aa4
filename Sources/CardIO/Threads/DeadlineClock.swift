/// The clock for deadlines: the system's, unless a test sets another.
///
/// A call reads ``current`` once, in the task that waits for it.
package struct DeadlineClock: Sendable {
    @TaskLocal package static var current = DeadlineClock(ContinuousClock())

    private let look: @Sendable () -> ContinuousClock.Instant
    private let pause: @Sendable (ContinuousClock.Instant) async throws -> Void

    package init<Source: Clock<Duration>>(_ clock: Source) where Source.Instant == ContinuousClock.Instant {
        look = { clock.now }
        pause = { try await clock.sleep(until: $0, tolerance: nil) }
    }

    var now: ContinuousClock.Instant { look() }

    /// - Throws: `CancellationError` where the task is cancelled first.
    func sleep(until deadline: ContinuousClock.Instant) async throws { try await pause(deadline) }
}
