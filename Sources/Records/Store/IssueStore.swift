public import Issuing
public import ValueProtocol

/// The journal of issuing desks, in the audit trail.
public protocol IssueStore {
    /// What desks did with an element, oldest first.
    func issueHistory(of eid: PartyID) throws(HostError) -> [JournalEntry]

    /// Adds entries in one commit, of records over several servers in one on each; they are durable when the call returns.
    func record(_ entries: [JournalEntry]) throws(HostError)
}
