/// The time of a trunk: the system's, or a test's own.
package struct TrunkTime: Sendable {
    /// Since a fixed moment.
    package let now: @Sendable () -> Duration
    /// Waits for a time to pass; throws where the task is cancelled.
    package let sleep: @Sendable (Duration) async throws -> Void

    package init(
        now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.sleep = sleep
    }

    package static let system: TrunkTime = {
        let begin = ContinuousClock.now
        return TrunkTime(
            now: { ContinuousClock.now - begin },
            sleep: { try await Task.sleep(for: $0, clock: .continuous) })
    }()
}
