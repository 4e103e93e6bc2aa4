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
/// A service that ends takes all readers with it and is waited for; only one that was never there is an error.
final class ReaderWatch: Sendable {
    typealias Report = AsyncStream<Result<[ReaderState], CardError>>.Continuation

    private struct State {
        var isCancelled = false
        /// Where the thread waits, to be cancelled.
        var context: SCARDCONTEXT?
    }

    /// Under this name the service reports that readers came or went.
    private static let notification = "\\\\?PnP?\\Notification"
    /// The service takes no more names than this in one call.
    private static let mostNames = 16
    /// The service ignores a cancellation in the instant before a wait begins, and misses a reader that comes then; both
    /// are noticed after this long.
    private static let longestWait: UInt32 = 5_000
    /// How often a service that has ended is looked for, in microseconds: nothing tells of its return.
    private static let lookInterval: UInt32 = 200_000

    /// After so many refusals in a row the service does mean it.
    private static let mostRefusals = 10

    private let report: Report
    private let state = Lock(State())

    init(report: Report) { self.report = report }

    /// Ends the watch. Returns at once: the service may be busy, so a thread of its own tells it.
    func cancel() {
        state.withLock { $0.isCancelled = true }
        do throws(CardError) {
            try CardThread().perform { [state] in
                // The lock keeps the context alive meanwhile.
                state.withLock { if let context = $0.context { SCardCancel(context) } }
            }
        } catch {
            // Without a thread the watch ends with its present wait.
            return
        }
    }

    /// Watches until cancelled, or until an error that does not pass by itself.
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

    /// Waits until the service is there again; nil after cancellation.
    private func awaitService() throws(CardError) -> PCSCContext? {
        var refusals = 0
        while !isCancelled {
            do throws(CardError) {
                return try PCSCContext()
            } catch {
                // One that ends while it is asked closes the door, which looks like a refusal.
                if error.code == .notAllowed, refusals < Self.mostRefusals {
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
        var known: [ReaderState]?
        var count: UInt32 = 0
        while !isCancelled {
            let names = try context.readers()
            let before = Dictionary(
                (known ?? []).map { ($0.reader, $0.known) }, uniquingKeysWith: { first, _ in first })
            let isNew = known == nil || names != known?.map(\.reader)
            // What is new is read without waiting; the number of readers is what the notification's state counts.
            var asked = names.map { (name: $0, known: before[$0] ?? 0) }
            // With all its room taken the service has none for the notification, and no reader can come.
            let isNotified = asked.count < Self.mostNames
            if isNotified {
                asked.append((name: Self.notification, known: isNew ? UInt32(names.count) << 16 : count))
            }
            do throws(CardError) {
                var states = try context.states(of: asked, milliseconds: isNew ? 0 : Self.longestWait)
                if isNotified { count = states.removeLast().known }
                known = states
                report.yield(.success(states))
            } catch {
                switch error.code {
                case .unknownReader:
                    // It left between the two calls.
                    continue
                case .deadlineExceeded:
                    if isNew, names.isEmpty {
                        known = []
                        report.yield(.success([]))
                    }
                default: throw error
                }
            }
        }
    }
}

extension CardError.Code {
    /// Whether the service ended, or is not there.
    var meansNoService: Bool { self == .noService || self == .serviceLost || self == .notConnected }
}
