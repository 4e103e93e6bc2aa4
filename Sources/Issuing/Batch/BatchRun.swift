public import ISO7816
internal import ValueProtocol

/// Works through a batch card by card: which row a card gets, its result, and what is left.
///
/// The state machine beneath `IssuingBatch`. It never waits; the caller supplies the cards. A row is recorded as a
/// card's before the card is written, so that a row never goes to two cards: resumed with the same results, the batch
/// continues with that same card, or counts it as issued if the journal says so. The row of a card that failed before
/// anything was written to it becomes free again; the row of a card that failed while being written becomes free after
/// `IssuingDesk.abandon`.
public final class BatchRun {
    public let order: BatchOrder
    public let results: BatchResults
    private let desk: IssuingDesk
    private let held: [KeyDescriptor]

    /// - Parameters:
    ///   - order: the cards to issue.
    ///   - desk: issues them.
    ///   - held: the authority's master keys.
    ///   - results: where each card's outcome is stored.
    /// - Throws: `IssueError` `.planWrong` if a row cannot be planned with these keys; `.journal`.
    public init(
        _ order: BatchOrder, by desk: IssuingDesk, held: [KeyDescriptor], results: BatchResults
    ) throws(IssueError) {
        self.order = order
        self.desk = desk
        self.held = held
        self.results = results
        let example = PartyID(issuer: 0, kind: .subscriberCard, number: 0)
        for row in order.rows { _ = try plan(row, for: row.eid ?? example) }
        for row in order.rows { try takeUp(row) }
    }

    /// The batch's progress.
    public var progress: BatchProgress {
        let outcomes = order.rows.map { results.latest[$0.line]?.outcome }
        return BatchProgress(
            total: order.rows.count, issued: outcomes.count { $0 == .issued }, failed: outcomes.count { $0 == .failed })
    }

    /// Issues the card connected to `channel` with the row assigned to it, or the next free one.
    ///
    /// - Throws: `IssueError` `.journal` if nothing can be recorded: the batch cannot continue. Errors of a single card
    ///   are in the result.
    public func handle(_ channel: any CardChannel) throws(IssueError) -> BatchOutcome {
        let element: ElementInfo
        do throws(IssueError) {
            element = try desk.inspect(over: channel)
        } catch {
            return BatchOutcome(eid: nil, line: nil, result: .failed(error))
        }
        guard let row = try row(for: element) else {
            return BatchOutcome(eid: element.eid, line: nil, result: .notNeeded)
        }
        let plan = try plan(row, for: element.eid)
        try record(row, element.eid, .assigned)
        do throws(IssueError) {
            _ = try desk.issue(plan, over: channel)
        } catch {
            try record(row, element.eid, .failed, "\(error)")
            return BatchOutcome(eid: element.eid, line: row.line, result: .failed(error))
        }
        try record(row, element.eid, .issued)
        return BatchOutcome(eid: element.eid, line: row.line, result: .issued)
    }

    /// The row that was assigned to this card, or names it, or is the next free one.
    private func row(for element: ElementInfo) throws(IssueError) -> BatchOrder.Row? {
        var free: BatchOrder.Row?
        for row in order.rows {
            let latest = results.latest[row.line]
            if latest?.eid == element.eid { return latest?.outcome == .issued ? nil : row }
            if row.eid == element.eid { return row }
            guard free == nil, row.eid == nil, element.state == .blank, element.eid.kind == .subscriberCard else {
                continue
            }
            if try isFree(row) { free = row }
        }
        return free
    }

    /// A row without a card, or whose card failed before anything was written to it.
    private func isFree(_ row: BatchOrder.Row) throws(IssueError) -> Bool {
        guard let latest = results.latest[row.line] else { return true }
        guard latest.outcome != .issued else { return false }
        return try desk.progress(of: latest.eid) == nil
    }

    /// Records what an earlier run may not have recorded.
    private func takeUp(_ row: BatchOrder.Row) throws(IssueError) {
        guard let latest = results.latest[row.line], latest.outcome != .issued,
            let progress = try desk.progress(of: latest.eid), progress.stage == .verified,
            try progress.plan == plan(row, for: latest.eid)
        else { return }
        try record(row, latest.eid, .issued)
    }

    private func plan(_ row: BatchOrder.Row, for eid: PartyID) throws(IssueError) -> IssuePlan {
        do {
            return try IssuePlan(eid: eid, held: held, purses: row.purses)
        } catch {
            throw IssueError(error.code, "line \(row.line): \(error.subject)", cause: error.cause)
        }
    }

    private func record(
        _ row: BatchOrder.Row, _ eid: PartyID, _ outcome: BatchResults.Result.Outcome, _ reason: String = ""
    ) throws(IssueError) {
        do {
            try results.append(.init(line: row.line, eid: eid, outcome: outcome, reason: reason, time: desk.clock()))
        } catch {
            throw IssueError(.journal, "results", cause: error)
        }
    }
}
