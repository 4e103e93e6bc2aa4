public import ISO7816

/// The states of all readers: initially, and after each change.
///
/// A separate thread waits for the service. It ends when the iterator is released, when its task is cancelled, or when
/// the deadline passes. While the service is not running there are no readers; the sequence continues.
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
            // The service may be busy, so the deadline does not depend on it.
            let clock = DeadlineClock.current
            let timer = deadline.map { deadline in
                Task {
                    do {
                        try await clock.sleep(until: deadline)
                        continuation.yield(.failure(CardError(.deadlineExceeded, subject: "readers")))
                        continuation.finish()
                    } catch {
                        // The sequence has already ended.
                    }
                }
            }
            continuation.onTermination = { _ in
                timer?.cancel()
                watch.cancel()
            }
            do {
                // The thread ends with this job, since nothing else retains it.
                try CardThread().perform { watch.run() }
            } catch {
                continuation.yield(.failure(error))
                continuation.finish()
            }
        }

        /// The next states; nil after cancellation.
        ///
        /// - Throws: `CardError`: `.deadlineExceeded`; `.noService` where it is not running initially, or another error
        ///   of the service. The sequence ends then.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(CardError) -> [ReaderState]? {
            try await stream.next(isolation: actor)?.get()
        }
    }
}
