public import ISO7816
public import ValueProtocol

/// Blocking a card, and issuing another in its place.
extension IssuingDesk {
    /// Sets the state of the element that `channel` leads to, under the newest ADMIN key that it holds.
    ///
    /// It asks no records. A card goes back into use by `takeBack`.
    ///
    /// - Throws: `IssueError` `.otherElement`, `.wrongState`, `.session`, `.elementRefused`, `.journal`.
    public func setState(_ state: LifeCycle, of eid: PartyID, over channel: any CardChannel) throws(IssueError) {
        let element = try inspect(over: channel)
        guard element.eid == eid else { throw IssueError(.otherElement, "\(element.eid), not \(eid)") }
        guard element.state != .blank, element.state.mayBecome(state), let admin = element.newest(.admin) else {
            throw IssueError(.wrongState, "\(eid) is \(element.state)")
        }
        if state == .blocked { try note(.blockSent, of: eid) }
        var session = try open(admin, with: element, over: channel)
        _ = try execute(SetState(state), in: &session)
        if state == .blocked { try note(.blocked, of: eid) }
    }

    /// Reports a card lost or broken: in the host's records at once, and on the card itself where it is at hand. One that
    /// turns up after it was replaced is blocked in the same way.
    ///
    /// - Parameters:
    ///   - card: the card that was lost.
    ///   - reason: why; it stands in the audit trail.
    ///   - register: the host's records.
    ///   - channel: leads to the card; nil where it is not at hand.
    /// - Throws: `IssueError` as `setState`, and `.records`. The host's records come first: they hold even where the card
    ///   does not answer any more.
    public func reportLost(
        _ card: PartyID, reason: String, over channel: (any CardChannel)? = nil, in register: any CardRegister
    ) throws(IssueError) {
        try asking(card) { try register.noteLost(card, reason: reason, at: clock()) }
        guard let channel else { return }
        try setState(.blocked, of: card, over: channel)
        try asking(card) { try register.noteBlocked(card, at: clock()) }
    }

    /// Takes a blocked card that is at hand back into use: in the host's records first, which refuse where another card has
    /// taken its place, so that what it held is never in two.
    ///
    /// - Throws: `IssueError` as `setState`, and `.records`.
    public func takeBack(
        _ card: PartyID, reason: String, over channel: any CardChannel, in register: any CardRegister
    ) throws(IssueError) {
        try asking(card) { try register.noteInUse(card, reason: reason, at: clock()) }
        try setState(.issued, of: card, over: channel)
    }

    /// Plans a card in the place of another: the same purses, bound to the same meters.
    ///
    /// - Throws: `IssueError` `.records`, `.planWrong`.
    public func replacementPlan(
        for card: PartyID, by blank: PartyID, held: [KeyDescriptor], in register: any CardRegister
    ) throws(IssueError) -> IssuePlan {
        guard card != blank else { throw IssueError(.planWrong, "\(card) in its own place") }
        let purses = try asking(card) { try register.purses(of: card) }
        return try IssuePlan(eid: blank, held: held, purses: purses)
    }

    /// Issues the replacement and has the host write it down; repeated with the same plan after a stop.
    ///
    /// - Throws: `IssueError` as `issue`, and `.records`.
    public func replace(
        _ card: PartyID, by plan: IssuePlan, over channel: any CardChannel, in register: any CardRegister,
        progress: (IssueStep) -> Void = { _ in }
    ) throws(IssueError) {
        if try self.progress(of: plan.eid)?.stage != .verified {
            _ = try issue(plan, over: channel, progress: progress)
        }
        try asking(card) { try register.noteReplaced(card, by: plan.eid, at: clock()) }
        try note(.replaced(by: plan.eid), of: card)
    }

    private func asking<Answer>(_ card: PartyID, _ body: () throws -> Answer) throws(IssueError) -> Answer {
        do {
            return try body()
        } catch {
            throw IssueError(.records, "\(card)", cause: error)
        }
    }
}
