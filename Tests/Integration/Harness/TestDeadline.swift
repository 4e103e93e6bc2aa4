extension ContinuousClock.Instant {
    /// When a test stops waiting.
    ///
    /// Late, since it costs time only where something is wrong: tests that compute keep the few threads of a small
    /// machine from those that wait, in some runs for minutes.
    static var testDeadline: ContinuousClock.Instant { .now + .seconds(600) }
}
