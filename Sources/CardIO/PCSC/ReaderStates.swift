internal import CPCSC
public import ISO7816
import Synchronization

/// The states of all readers: now, and after each change.
///
/// A thread of its own waits for the service. It ends when the iterator goes, when its task is cancelled, or when the
/// deadline passes.
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
            let watch = ReaderWatch(deadline: deadline, report: continuation)
            continuation.onTermination = { _ in watch.cancel() }
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
        /// - Throws: `CardError`: `.deadlineExceeded`, or what the service says; the sequence is over then.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(CardError) -> [ReaderState]? {
            try await stream.next(isolation: actor)?.get()
        }
    }
}

/// Waits for changes on its thread and reports them, until it is cancelled.
private final class ReaderWatch: Sendable {
    private enum State {
        case starting
        case waiting(SCARDCONTEXT)
        case cancelled
    }

    /// Under this name the service reports that readers came or went.
    private static let notification = "\\\\?PnP?\\Notification"
    /// The service ignores a cancellation in the instant before a wait begins; it is then noticed after this long.
    private static let longestWait = Duration.seconds(5)

    private let deadline: ContinuousClock.Instant?
    private let report: AsyncStream<Result<[ReaderState], CardError>>.Continuation
    private let state = Mutex(State.starting)

    init(deadline: ContinuousClock.Instant?, report: AsyncStream<Result<[ReaderState], CardError>>.Continuation) {
        self.deadline = deadline
        self.report = report
    }

    func cancel() {
        state.withLock { state in
            // The lock keeps the context alive meanwhile.
            if case .waiting(let context) = state { SCardCancel(context) }
            state = .cancelled
        }
    }

    func run() {
        do throws(CardError) {
            try watch(try PCSCContext())
        } catch {
            if error.code != .cancelled { report.yield(.failure(error)) }
        }
        report.finish()
    }

    private var isCancelled: Bool {
        state.withLock { if case .cancelled = $0 { true } else { false } }
    }

    private func watch(_ context: borrowing PCSCContext) throws(CardError) {
        let handle = context.handle
        state.withLock { if case .starting = $0 { $0 = .waiting(handle) } }
        defer { state.withLock { $0 = .cancelled } }
        var known: [ReaderState]?
        var count: UInt32 = 0
        while !isCancelled {
            let names = try context.readers()
            let before = Dictionary(
                (known ?? []).map { ($0.reader, $0.known) }, uniquingKeysWith: { first, _ in first })
            let isNew = known == nil || names != known?.map(\.reader)
            // What is new is read without waiting; the number of readers is what the notification's state counts.
            var asked = names.map { (name: $0, known: before[$0] ?? 0) }
            asked.append((name: Self.notification, known: isNew ? UInt32(names.count) << 16 : count))
            do throws(CardError) {
                var states = try context.states(of: asked, milliseconds: isNew ? 0 : try milliseconds())
                count = states.removeLast().known
                known = states
                report.yield(.success(states))
            } catch {
                guard error.code == .deadlineExceeded else { throw error }
                if isNew, names.isEmpty {
                    known = []
                    report.yield(.success([]))
                } else if isExpired {
                    throw error
                }
            }
        }
    }

    private var isExpired: Bool { deadline.map { ContinuousClock.now >= $0 } ?? false }

    private func milliseconds() throws(CardError) -> UInt32 {
        let left = deadline.map { min($0 - .now, Self.longestWait) } ?? Self.longestWait
        guard left > .zero else { throw CardError(.deadlineExceeded, subject: "readers") }
        return UInt32(left / .milliseconds(1)) + 1
    }
}
