public import ValueProtocol

/// Where an issuing desk writes down what it is about to do and what came of it.
///
/// An entry is on stable storage when `append` returns: the desk sends nothing before that.
public protocol IssueJournal: AnyObject {
    /// All entries of one element, oldest first.
    func history(of element: PartyID) throws(JournalError) -> [JournalEntry]

    /// Adds an entry, for good.
    func append(_ entry: JournalEntry) throws(JournalError)
}

extension IssueJournal {
    /// How far the issue of `element` has come; nil where it was never begun, or given up.
    public func progress(of element: PartyID) throws(JournalError) -> IssueProgress? {
        IssueProgress(try history(of: element))
    }
}

/// How far the issue of one element has come.
public struct IssueProgress: Sendable, Hashable {
    public enum Stage: Int, Sendable, Hashable, Comparable {
        /// Keys and purses are being written, nothing or some of it is on the element.
        case writing
        /// SET STATE to issued was sent; whether it was applied the element tells.
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

    /// Reads an element's history.
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

/// A journal that is gone with the program, for tests and trials.
public final class MemoryJournal: IssueJournal {
    public private(set) var entries: [JournalEntry] = []

    public init() {}

    public func history(of element: PartyID) -> [JournalEntry] { entries.filter { $0.element == element } }
    public func append(_ entry: JournalEntry) { entries.append(entry) }
}
