public import ValueProtocol

/// Progress of a batch, for a progress bar.
public struct BatchProgress: Sendable, Hashable {
    public let total: Int
    public let issued: Int
    /// Rows whose last card failed and that have not been retried yet.
    public let failed: Int

    public init(total: Int, issued: Int, failed: Int) {
        self.total = total
        self.issued = issued
        self.failed = failed
    }

    /// Rows still to be issued, including the failed ones.
    public var left: Int { total - issued }
}

/// The result for one card of a batch.
public struct BatchOutcome: Sendable, Equatable {
    public enum Result: Sendable, Equatable {
        case issued
        /// Why not. The same card may be inserted again, or another one if nothing was written yet.
        case failed(IssueError)
        /// No row is left for this card.
        case notNeeded
    }

    /// Nil if the card did not report it.
    public let eid: PartyID?
    /// The row's line in the order.
    public let line: Int?
    public let result: Result

    public init(eid: PartyID?, line: Int?, result: Result) {
        self.eid = eid
        self.line = line
        self.result = result
    }
}

/// What a batch reports while it runs.
public struct BatchReport: Sendable, Equatable {
    /// The station's name.
    public let station: String
    public let outcome: BatchOutcome
    public let progress: BatchProgress
}
