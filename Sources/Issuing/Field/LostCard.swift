public import ISO7816
public import ValueProtocol

/// Blocking a card, and issuing a replacement.
extension IssuingDesk {
    /// Sets the state of the element connected to `channel`, under the newest ADMIN key that it holds.
    ///
    /// It does not consult the host's records. Use `takeBack` to return a card to use.
    ///
    /// - Throws: `IssueError` `.otherElement`, `.wrongState`, `.session`, `.elementRefused`, `.journal`.
    public func setState(_ state: LifeCycle, of eid: PartyID, over channel: any CardChannel) throws(IssueError) {
        let element = try inspect(over: channel)
        guard element.eid == eid else { throw IssueError(.otherElement, "\(element.eid), not \(eid)") }
        guard element.state != .blank, element.state.canTransition(to: state), let admin = element.newest(.admin) else {
            throw IssueError(.wrongState, "\(eid) is \(element.state)")
        }
        if state == .blocked { try record(.blockSent, of: eid) }
        var session = try open(admin, with: element, over: channel)
        _ = try execute(SetState(state), in: &session)
        if state == .blocked { try record(.blocked, of: eid) }
    }

    /// Reports a card lost or broken: in the host's records at once, and on the card itself if it is available. A card
    /// found after its replacement is blocked in the same way.
    ///
    /// - Parameters:
    ///   - card: the card that was lost.
    ///   - reason: recorded in the audit trail.
    ///   - register: the host's records.
    ///   - channel: the channel to the card; nil if it is not available.
    ///   - readOut: called once the card is blocked, and before the records say so: what it proves then stays true, since
    ///     no meter draws on it any more.
    /// - Throws: `IssueError` as `setState`, and `.records`. The host's records are written first: they hold even if
    ///   the card no longer answers.
    public func reportLost(
        _ card: PartyID, reason: String, over channel: (any CardChannel)? = nil, in register: any CardRegister,
        readOut: () throws -> Void = {}
    ) throws(IssueError) {
        try asking(card) { try register.recordLost(card, reason: reason, at: clock()) }
        guard let channel else { return }
        try setState(.blocked, of: card, over: channel)
        try asking(card) {
            try readOut()
            try register.recordBlocked(card, at: clock())
        }
    }

    /// Returns a blocked card to use: first in the host's records, which refuse if the card was replaced, so that its
    /// value never exists twice.
    ///
    /// - Throws: `IssueError` as `setState`, and `.records`.
    public func takeBack(
        _ card: PartyID, reason: String, over channel: any CardChannel, in register: any CardRegister
    ) throws(IssueError) {
        try asking(card) { try register.recordInUse(card, reason: reason, at: clock()) }
        try setState(.issued, of: card, over: channel)
    }

    /// Creates a purse from which no meter draws, or changes its limit, under the newest ADMIN key that the element holds.
    /// If interrupted, call it again.
    ///
    /// - Throws: `IssueError` `.otherElement`, `.wrongState`, `.session`, `.elementRefused`, `.journal`.
    public func makePurse(_ purse: PursePlan, of eid: PartyID, over channel: any CardChannel) throws(IssueError) {
        let element = try inspect(over: channel)
        guard element.eid == eid else { throw IssueError(.otherElement, "\(element.eid), not \(eid)") }
        guard let admin = element.newest(.admin) else { throw IssueError(.wrongState, "\(eid) is \(element.state)") }
        var session = try open(admin, with: element, over: channel)
        try bind(purse, in: &session)
    }

    /// Plans a replacement card: the same purses, bound to the same meters.
    ///
    /// - Throws: `IssueError` `.records`, `.planWrong`.
    public func replacementPlan(
        for card: PartyID, by blank: PartyID, held: [KeyDescriptor], in register: any CardRegister
    ) throws(IssueError) -> IssuePlan {
        guard card != blank else { throw IssueError(.planWrong, "\(card) in its own place") }
        let purses = try asking(card) { try register.purses(of: card) }
        return try IssuePlan(eid: blank, held: held, purses: purses)
    }

    /// Issues the replacement and records it at the host; after an interruption, call it again with the same plan.
    ///
    /// - Throws: `IssueError` as `issue`, and `.records`.
    public func replace(
        _ card: PartyID, by plan: IssuePlan, over channel: any CardChannel, in register: any CardRegister,
        progress: (IssueStep) -> Void = { _ in }
    ) throws(IssueError) {
        if try self.progress(of: plan.eid)?.stage != .verified {
            _ = try issue(plan, over: channel, progress: progress)
        }
        try asking(card) { try register.recordReplaced(card, by: plan.eid, at: clock()) }
        try record(.replaced(by: plan.eid), of: card)
    }

    private func asking<Answer>(_ card: PartyID, _ body: () throws -> Answer) throws(IssueError) -> Answer {
        do {
            return try body()
        } catch {
            throw IssueError(.records, "\(card)", cause: error)
        }
    }
}
