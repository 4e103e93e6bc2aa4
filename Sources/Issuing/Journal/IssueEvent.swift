public import ValueProtocol

/// What happened to an element, or is about to, as recorded in the journal.
public enum IssueEvent: Sendable, Hashable {
    /// The plan, before the first write.
    case begun(IssuePlan)
    /// The keys were loaded.
    case keysLoaded
    /// A purse was created or bound: what BIND answered. An entry of an earlier version knows no number and nothing left.
    case bound(Bind.Answer)
    /// SET STATE to issued is about to be sent.
    case stateSent
    /// SET STATE to issued was answered.
    case issued
    /// A session under the new ADMIN key proved it.
    case verified
    /// A person abandoned the plan.
    case abandoned
    /// Keys are about to be rotated to these.
    case rotationStarted([KeyName])
    /// BIND of a purse of an issued element is about to be sent; `bound` of its service follows its answer.
    case bindStarted(PursePlan)
    /// The element refused BIND: the purse is as it was.
    case bindRefused(UtilityService)
    /// All older versions are erased.
    case rotated([KeyName])
    /// SET STATE to blocked is about to be sent.
    case blockSent
    case blocked
    /// Another card was issued as its replacement.
    case replaced(by: PartyID)
}

/// One entry of the journal.
public struct JournalEntry: Sendable, Hashable {
    public let element: PartyID
    public let time: Timestamp
    public let event: IssueEvent

    public init(_ element: PartyID, _ event: IssueEvent, at time: Timestamp) {
        self.element = element
        self.event = event
        self.time = time
    }
}
