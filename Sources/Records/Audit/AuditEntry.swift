public import ValueProtocol

/// One entry of the audit trail.
public struct AuditEntry: Sendable, Hashable {
    public let mark: AuditMark
    public let time: Timestamp
    /// The element concerned.
    public let eid: PartyID
    public let content: Content

    /// The content of an entry.
    public enum Content: Sendable, Hashable {
        case event(AuditEvent)
        /// An entry from before the trail held typed values: its subject and what happened, in the wording of that
        /// time.
        case sentence(subject: String, text: String)
    }

    public init(mark: AuditMark, time: Timestamp, eid: PartyID, content: Content) {
        self.mark = mark
        self.time = time
        self.eid = eid
        self.content = content
    }

    /// The typed event; nil for a sentence.
    public var event: AuditEvent? {
        if case .event(let event) = content { event } else { nil }
    }
}
