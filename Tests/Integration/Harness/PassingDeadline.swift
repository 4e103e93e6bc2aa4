import CardIO
import TestSupport

/// Makes a call whose deadline is on a stopped clock, and lets the deadline pass.
///
/// - Parameters:
///   - isUnderWay: returns once the deadline may pass; without it, at once.
///   - call: takes its deadline.
func passingDeadline<Value: Sendable>(
    once isUnderWay: (HandClock) async throws -> Void = { _ in },
    _ call: @escaping @Sendable (ContinuousClock.Instant) async throws -> Value
) async throws -> Value {
    let clock = HandClock()
    let deadline = clock.instant(after: .seconds(1))
    let task = DeadlineClock.$current.withValue(DeadlineClock(clock)) { Task { try await call(deadline) } }
    try await isUnderWay(clock)
    clock.advance(by: .seconds(2))
    return try await task.value
}
