public import ISO7816

/// The states of all readers: now, and after each change.
///
/// A thread of its own waits for the service. It ends when the iterator goes, when its task is cancelled, or when the
/// deadline passes. Where the service ends there are no readers until it is there again; the sequence goes on.
public struct ReaderStates: AsyncSequence, Sendable {
    public typealias Element = [ReaderState]
    public typealias Failure = CardError

    let deadline: ContinuousClock.Instant?

    public func makeAsyncIterator() -> Iterator { Iterator(deadline: deadline) }

    public struct Iterator: AsyncIteratorProtocol {
        private var stream: AsyncStream<Result<[ReaderState], CardError>>.Iterator

        init(deadline: ContinuousClock.Instant?) {
            let (stream, continuation) = AsyncStream<Result<[ReaderState], CardError>>.makeStream()
            self.stream = stream.makeAsyncIterator()
            let watch = ReaderWatch(report: continuation)
            // The service may be busy: the deadline is kept without it.
            let clock = DeadlineClock.current
            let timer = deadline.map { deadline in
                Task {
                    do {
                        try await clock.sleep(until: deadline)
                        continuation.yield(.failure(CardError(.deadlineExceeded, subject: "readers")))
                        continuation.finish()
                    } catch {
                        // The sequence ended before.
                    }
                }
            }
            continuation.onTermination = { _ in
                timer?.cancel()
                watch.cancel()
            }
            do {
                // The thread ends with this job, since nobody else holds it.
                try CardThread().perform { watch.run() }
            } catch {
                continuation.yield(.failure(error))
                continuation.finish()
            }
        }

        /// The next states; nil after cancellation.
        ///
        /// - Throws: `CardError`: `.deadlineExceeded`; `.noService` where there is none from the beginning, or what else
        ///   the service says. The sequence is over then.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(CardError) -> [ReaderState]? {
            try await stream.next(isolation: actor)?.get()
        }
    }
}
