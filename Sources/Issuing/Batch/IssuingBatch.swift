public import ISO7816
internal import Synchronization

/// Issues a batch at any number of stations.
///
/// A master-key card has one session, so one card is written at a time; the other stations wait with their cards on
/// their own threads. Several readers are still worthwhile, because changing a card takes longer than issuing it: while
/// one card is written, the others are inserted and removed.
public final class IssuingBatch: Sendable {
    // Accessed only by the holder of `turn`. A mutex around it could not lend it a channel that it does not keep.
    private nonisolated(unsafe) let run: BatchRun
    private let turn = Mutex(())
    private let state: Mutex<State>

    private struct State {
        var progress: BatchProgress
        var isStopped = false
        /// Wakes the stations that are waiting for cards.
        var cancel: (@Sendable () -> Void)?
        var failure: IssueError?
    }

    /// Takes ownership of the run, with its desk and authority.
    public init(_ run: sending BatchRun) {
        state = Mutex(State(progress: run.progress))
        unsafe self.run = run
    }

    /// The batch's progress. Never blocks for a card.
    public var progress: BatchProgress { state.withLock { $0.progress } }

    /// Starts no further card; the current one is finished.
    public func stop() {
        let cancel = state.withLock { state in
            state.isStopped = true
            return state.cancel
        }
        cancel?()
    }

    /// Works until every row is issued, all stations are out of cards, or it is stopped or cancelled.
    ///
    /// Call it again to continue a stopped batch, in this program or in another with the same results.
    ///
    /// - Parameters:
    ///   - stations: where cards are inserted; all work concurrently.
    ///   - report: called after each card.
    /// - Throws: `IssueError` `.journal` if nothing can be recorded; what a station threw, except `CancellationError`.
    public func issue(
        at stations: [any CardStation], report: @escaping @Sendable (BatchReport) -> Void = { _ in }
    ) async throws {
        state.withLock { state in
            state.isStopped = false
            state.failure = nil
        }
        let work = Task { try await workEverywhere(stations, report) }
        let isStopped = state.withLock { state in
            state.cancel = { work.cancel() }
            return state.isStopped
        }
        // `stop()` may have come while there was nothing yet to cancel.
        if isStopped { work.cancel() }
        defer { state.withLock { $0.cancel = nil } }
        try await withTaskCancellationHandler(operation: { try await work.value }, onCancel: { work.cancel() })
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    private func workEverywhere(
        _ stations: [any CardStation], _ report: @escaping @Sendable (BatchReport) -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for station in stations {
                group.addTask { try await self.work(at: station, report) }
            }
            while try await group.next() != nil {
                if isOver { group.cancelAll() }
            }
        }
    }

    private var isOver: Bool {
        state.withLock { $0.isStopped || $0.failure != nil || $0.progress.left == 0 }
    }

    private func work(at station: any CardStation, _ report: @Sendable (BatchReport) -> Void) async throws {
        while !isOver, !Task.isCancelled {
            let outcome: BatchOutcome??
            do {
                outcome = try await station.withNextCard { [self] channel in handle(channel) }
            } catch is CancellationError {
                return
            }
            guard let outcome else { return }
            if let outcome {
                report(BatchReport(station: station.name, outcome: outcome, progress: progress))
            }
        }
    }

    /// On the station's thread, one at a time. Nil if the batch ended before this card's turn.
    private func handle(_ channel: any CardChannel) -> BatchOutcome? {
        turn.withLock { _ -> BatchOutcome? in
            guard !isOver else { return nil }
            do throws(IssueError) {
                let outcome = try unsafe run.handle(GetResponseChannel(channel))
                let progress = unsafe run.progress
                state.withLock { $0.progress = progress }
                return outcome
            } catch {
                state.withLock { $0.failure = error }
                return nil
            }
        }
    }
}
