public import ValueProtocol

/// Where an issuing desk records what it is about to do and what the result was.
///
/// An entry is on stable storage when `append` returns; the desk sends nothing before that.
public protocol IssueJournal: AnyObject {
    /// All entries of one element, oldest first.
    func history(of element: PartyID) throws(JournalError) -> [JournalEntry]

    /// Adds an entry, irreversibly.
    func append(_ entry: JournalEntry) throws(JournalError)
}

extension IssueJournal {
    /// Progress of the issue of `element`; nil if it was never begun, or abandoned.
    public func progress(of element: PartyID) throws(JournalError) -> IssueProgress? {
        IssueProgress(try history(of: element))
    }
}

/// Progress of the issue of one element.
public struct IssueProgress: Sendable, Hashable {
    public enum Stage: Int, Sendable, Hashable, Comparable {
        /// Keys and purses are being written; none, some or all are on the element.
        case writing
        /// SET STATE to issued was sent; only the element can report whether it was applied.
        case inDoubt
        /// SET STATE to issued was answered.
        case issued
        /// The new keys were proven.
        case verified

        public static func < (a: Stage, b: Stage) -> Bool { a.rawValue < b.rawValue }
    }

    public let plan: IssuePlan
    public let stage: Stage
    /// When it was begun.
    public let begun: Timestamp

    /// Parses an element's history.
    public init?(_ history: [JournalEntry]) {
        var found: (plan: IssuePlan, stage: Stage, begun: Timestamp)?
        for entry in history {
            switch entry.event {
            case .begun(let plan): found = (plan, .writing, entry.time)
            case .abandoned: found = nil
            case .stateSent: found?.stage = .inDoubt
            case .issued: found?.stage = .issued
            case .verified: found?.stage = .verified
            default: break
            }
        }
        guard let found else { return nil }
        (plan, stage, begun) = found
    }
}

/// An in-memory journal, for tests and trials.
public final class MemoryJournal: IssueJournal {
    public private(set) var entries: [JournalEntry] = []
    private var histories: [PartyID: [JournalEntry]] = [:]

    public init() {}

    public func history(of element: PartyID) -> [JournalEntry] { histories[element] ?? [] }

    public func append(_ entry: JournalEntry) {
        entries.append(entry)
        histories[entry.element, default: []].append(entry)
    }
}
