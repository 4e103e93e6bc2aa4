import ISO7816
import Synchronization

/// One blocking call on a card's thread, and the task that waits for it.
///
/// The task returns at once when its deadline passes or when it is cancelled. The call itself cannot be stopped: its
/// thread completes it later, and discards its result.
final class BlockingCall<Value: Sendable, Failure: Error>: Sendable {
    private struct State {
        var waiting: CheckedContinuation<Result<Value, Failure>, Never>?
        /// The error thrown to the task, where it no longer waits.
        var verdict: CardError?
        var isOver = false
    }

    let subject: String
    let deadline: ContinuousClock.Instant?
    let clock: DeadlineClock
    private let failure: @Sendable (CardError) -> Failure
    private let state = Mutex(State())

    init(
        subject: String, deadline: ContinuousClock.Instant?, clock: DeadlineClock,
        failure: @escaping @Sendable (CardError) -> Failure
    ) {
        self.subject = subject
        self.deadline = deadline
        self.clock = clock
        self.failure = failure
    }

    /// Whether the task no longer waits.
    var isCancelled: Bool { state.withLock { $0.verdict != nil } }

    /// Why the task no longer waits, or why it should not start to.
    var verdict: CardError? {
        if let verdict = state.withLock({ $0.verdict }) { return verdict }
        if let deadline, clock.now >= deadline { return CardError(.deadlineExceeded, subject: subject) }
        return nil
    }

    /// Ends the task's wait with an error.
    func cancel(_ code: CardError.Code) {
        let error = CardError(code, subject: subject)
        let waiting = state.withLock { state in
            guard !state.isOver else { return nil as CheckedContinuation<Result<Value, Failure>, Never>? }
            state.isOver = true
            state.verdict = error
            return state.waiting.take()
        }
        waiting?.resume(returning: .failure(failure(error)))
    }

    /// Sets the continuation; false where the task no longer waits.
    fileprivate func begin(_ continuation: CheckedContinuation<Result<Value, Failure>, Never>) -> Bool {
        let verdict = state.withLock { state in
            if state.verdict == nil { state.waiting = continuation }
            return state.verdict
        }
        if let verdict { continuation.resume(returning: .failure(failure(verdict))) }
        return verdict == nil
    }

    /// Delivers the result; false where the task no longer waits.
    fileprivate func finish(_ result: Result<Value, Failure>) -> Bool {
        let waiting = state.withLock { state in
            state.isOver = true
            return state.waiting.take()
        }
        guard let waiting else { return false }
        waiting.resume(returning: result)
        return true
    }
}

extension CardThread {
    /// Runs blocking `work` on this thread while the task waits, until `deadline` or until it is cancelled.
    ///
    /// - Parameters:
    ///   - subject: the subject of errors.
    ///   - failure: converts our own errors.
    ///   - dropped: runs on the thread after `work`, where the task stopped waiting while `work` ran: gets the reason,
    ///     and whether `work` was done nevertheless.
    func call<Value: Sendable, Failure: Error>(
        subject: String, deadline: ContinuousClock.Instant?, failure: @escaping @Sendable (CardError) -> Failure,
        dropped: sending @escaping (CardError, _ wasDone: Bool) -> Void = { _, _ in },
        work: sending @escaping (BlockingCall<Value, Failure>) throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let clock = DeadlineClock.current
        let call = BlockingCall<Value, Failure>(subject: subject, deadline: deadline, clock: clock, failure: failure)
        let timer = deadline.map { deadline in
            Task {
                do {
                    try await clock.sleep(until: deadline)
                    call.cancel(.deadlineExceeded)
                } catch {
                    // The timer was cancelled: the call completed in time.
                }
            }
        }
        defer { timer?.cancel() }
        nonisolated(unsafe) let job = {
            guard call.verdict == nil else {
                call.cancel(.deadlineExceeded)
                return
            }
            let result: Result<Value, Failure>
            do throws(Failure) { result = .success(try work(call)) } catch { result = .failure(error) }
            guard !call.finish(result), let verdict = call.verdict else { return }
            if case .success = result { dropped(verdict, true) } else { dropped(verdict, false) }
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if call.begin(continuation) { unsafe perform(job) }
            }
        } onCancel: {
            call.cancel(.cancelled)
        }
        return try result.get()
    }

    /// Runs blocking `work` that throws our own errors.
    func call<Value: Sendable>(
        subject: String, deadline: ContinuousClock.Instant?,
        dropped: sending @escaping (CardError, _ wasDone: Bool) -> Void = { _, _ in },
        work: sending @escaping (BlockingCall<Value, CardError>) throws(CardError) -> Value
    ) async throws(CardError) -> Value {
        try await call(subject: subject, deadline: deadline, failure: { $0 }, dropped: dropped, work: work)
    }
}
