public import ValueProtocol

/// How far a batch is, for a progress bar.
public struct BatchProgress: Sendable, Hashable {
    public let total: Int
    public let issued: Int
    /// Rows whose last card failed, and was not repeated yet.
    public let failed: Int

    public init(total: Int, issued: Int, failed: Int) {
        self.total = total
        self.issued = issued
        self.failed = failed
    }

    /// Rows that are still to be issued, the failed among them.
    public var left: Int { total - issued }
}

/// What came of one card of a batch.
public struct BatchOutcome: Sendable, Hashable {
    public enum Result: Sendable, Hashable {
        case issued
        /// The reason; the same card or, where nothing was written yet, another may be put in.
        case failed(String)
        /// No row is left for this card.
        case notNeeded
    }

    /// Nil where the card did not tell.
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

/// What a batch tells while it runs.
public struct BatchReport: Sendable, Hashable {
    /// The station's name.
    public let station: String
    public let outcome: BatchOutcome
    public let progress: BatchProgress
}
