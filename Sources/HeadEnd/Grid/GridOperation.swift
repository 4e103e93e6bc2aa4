public import Records

/// One operation with one meter, as an engine: which contact comes next, and what the operation has come to.
///
/// A meter that does not answer is contacted again, after pauses that grow. An order in doubt is asked for again, and one that
/// the meter proves not applied is sent again under its number.
///
///     var operation = GridOperation(task, attempts: 4, pause: .seconds(2))
///     repeat { operation.begin() } while operation.advance(await contact(operation.task)) != .over
public struct GridOperation: Sendable {
    /// Where an operation is.
    public enum Stage: Sendable, Hashable {
        /// It waits for its turn.
        case queued
        /// The contact has begun: its first command is on its way.
        case sent
        /// Its outcome is unknown, and is being found out.
        case inDoubt
        /// The meter proved that it was done.
        case confirmed
        /// It proved that nothing was changed, or the host's rules forbid it.
        case refused
        /// It proved that it was not applied; it is sent again.
        case notApplied
        /// A person must find out: the meter cannot say any more.
        case needsPerson
        /// It was not reached, or not read whole: nothing is lost, it may be tried again.
        case failed
    }

    /// What follows a contact.
    public enum Next: Sendable, Hashable {
        /// Another contact, at once.
        case contact
        /// Another contact, after this time.
        case pause(Duration)
        /// The stage is the last one.
        case over
    }

    /// What the next contact is for.
    public private(set) var task: ContactTask
    public private(set) var stage = Stage.queued
    private let attempts: Int
    private var attempt = 0
    private var pause: Duration

    /// - Parameters:
    ///   - task: what it is for; an order has the same reference whenever it is asked for.
    ///   - attempts: how often the meter is contacted, where it does not answer or an outcome is in doubt.
    ///   - pause: before the second attempt; it doubles each time.
    public init(_ task: ContactTask, attempts: Int, pause: Duration) {
        self.task = task
        self.attempts = attempts
        self.pause = pause
    }

    /// A contact for ``task`` begins.
    ///
    /// - Returns: the stage, which is `.sent`.
    @discardableResult
    public mutating func begin() -> Stage {
        attempt += 1
        stage = .sent
        return stage
    }

    /// The contact has ended.
    public mutating func advance(_ result: Result<ContactReport, HostError>) -> Next {
        switch result {
        case .success(let report):
            stage = stage(of: report)
            guard stage == .notApplied, attempt < attempts,
                let last = report.recovered.last(where: { $0.state == .notApplied })
            else { return .over }
            task = .retry(last.htxn)
            return .contact
        case .failure(let error):
            let isInDoubt = error.code == .inDoubt || error.code == .stillInDoubt
            guard attempt < attempts, isInDoubt || error.code == .noSession else {
                stage = isInDoubt ? .inDoubt : .failed
                return .over
            }
            // The same order again first finds out what became of it. Without a reference it would be another one.
            if isInDoubt, case .order(let request) = task, request.reference == nil { task = .recover }
            if isInDoubt { stage = .inDoubt }
            defer { pause *= 2 }
            return .pause(pause)
        }
    }

    private func stage(of report: ContactReport) -> Stage {
        if case .credit(let credit) = report.result {
            switch credit.outcome {
            case .done: return .confirmed
            case .refused, .declined: return .refused
            case .queued: return .queued
            }
        }
        guard case .recover = task, let last = report.recovered.last else { return .confirmed }
        switch last.state {
        case .done: return .confirmed
        case .refused: return .refused
        case .notApplied: return .notApplied
        case .needsManualResolution: return .needsPerson
        case .inDoubt: return .inDoubt
        }
    }
}
