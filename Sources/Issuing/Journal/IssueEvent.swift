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
    /// The journal was lost or is old: these are the purses that the element shows. What it was bound to before, and how
    /// often, is not known.
    case adopted([PursePlan])
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

extension IssueEvent: CustomStringConvertible {
    /// For debugging; do not compare it.
    public var description: String {
        switch self {
        case .begun(let plan): "issue begun: \(plan.keys.count) keys, purses of \(names(plan.purses))"
        case .keysLoaded: "keys loaded"
        case .bound(let answer):
            "purse of \(answer.service) bound, binding \(answer.binding)"
                + (answer.left.map { ", \($0.amount) left at \($0.meter)" } ?? "")
        case .stateSent: "issue sent"
        case .issued: "issued"
        case .verified: "new keys proved"
        case .abandoned: "issue abandoned"
        case .rotationStarted(let names): "rotation begun: \(list(names))"
        case .bindStarted(let purse): "purse of \(purse.service) to be bound to \(purse.meter)"
        case .bindRefused(let service): "purse of \(service) not bound: refused"
        case .rotated(let names): "keys rotated: \(list(names))"
        case .blockSent: "block sent"
        case .blocked: "blocked"
        case .replaced(let replacement): "replaced by \(replacement)"
        case .adopted(let purses): "purses as it shows them: \(names(purses))"
        }
    }

    private func names(_ purses: [PursePlan]) -> String {
        purses.isEmpty ? "nothing" : purses.map { "\($0.service)" }.joined(separator: ", ")
    }

    private func list(_ names: [KeyName]) -> String { names.map { "\($0)" }.joined(separator: ", ") }
}
