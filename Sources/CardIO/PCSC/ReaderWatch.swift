internal import CPCSC
import ISO7816

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Waits for changes on a thread of its own and reports them, until it is cancelled.
///
/// When the service ends, all readers leave and it waits for the service; only a service that was never running is an
/// error.
final class ReaderWatch: Sendable {
    typealias Report = AsyncStream<Result<[ReaderState], CardError>>.Continuation

    private struct State {
        var isCancelled = false
        /// The context in which the thread waits, for cancellation.
        var context: SCARDCONTEXT?
    }

    /// The service ignores a cancellation just before a wait begins, and misses a reader that arrives then; both are
    /// noticed after this time.
    private static let maxWait: UInt32 = 5_000
    /// Polling interval for an ended service, in microseconds: its return is not notified.
    private static let lookInterval: UInt32 = 200_000

    /// After this many refusals in a row, a refusal is taken as final.
    private static let maxRefusals = 10

    private let report: Report
    private let state = Lock(State())

    init(report: Report) { self.report = report }

    /// Ends the watch. Returns at once: the service may be busy, so a separate thread cancels the wait.
    func cancel() {
        state.withLock { $0.isCancelled = true }
        do throws(CardError) {
            try CardThread().perform { [state] in
                // The lock keeps the context alive meanwhile.
                state.withLock { if let context = $0.context { SCardCancel(context) } }
            }
        } catch {
            // Without a thread the watch ends with its current wait.
            return
        }
    }

    /// Watches until cancelled, or until a permanent error.
    func run() {
        defer { report.finish() }
        do throws(CardError) {
            try watch(try PCSCContext())
            while let context = try awaitService() { try watch(context) }
        } catch {
            if error.code != .cancelled { report.yield(.failure(error)) }
        }
    }

    private var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Waits until the service is running again; nil after cancellation.
    private func awaitService() throws(CardError) -> PCSCContext? {
        var refusals = 0
        while !isCancelled {
            do throws(CardError) {
                return try PCSCContext()
            } catch {
                // A service that ends during the call closes the connection, which looks like a refusal.
                if error.code == .notAllowed, refusals < Self.maxRefusals {
                    refusals += 1
                } else if !error.code.meansNoService {
                    throw error
                }
            }
            usleep(Self.lookInterval)
        }
        return nil
    }

    /// Reports states until the service ends, which is reported as no readers, or until cancelled.
    private func watch(_ context: borrowing PCSCContext) throws(CardError) {
        let handle = context.handle
        state.withLock { $0.context = handle }
        defer { state.withLock { $0.context = nil } }
        do throws(CardError) {
            try look(context)
        } catch {
            guard error.code.meansNoService else { throw error }
            report.yield(.success([]))
        }
    }

    private func look(_ context: borrowing PCSCContext) throws(CardError) {
        var poll = ReaderPoll()
        while !isCancelled {
            let request = poll.request(for: try context.readers())
            do throws(CardError) {
                let states = try context.states(of: request.entries, milliseconds: request.waits ? Self.maxWait : 0)
                report.yield(.success(poll.recordStates(states)))
            } catch {
                switch error.code {
                case .unknownReader:
                    // It left between the two calls.
                    continue
                case .deadlineExceeded:
                    if let states = poll.recordNoChange() { report.yield(.success(states)) }
                default: throw error
                }
            }
        }
    }
}

extension CardError.Code {
    /// Whether the service ended, or is not running.
    var meansNoService: Bool { self == .noService || self == .serviceLost || self == .notConnected }
}
