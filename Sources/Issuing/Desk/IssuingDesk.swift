public import ISO7816
public import ValueProtocol

/// Issues blank cards and meters, and changes issued ones, with an authority.
///
/// The authority is a master-key card in the other reader, or keys in software. Every step is either idempotent or
/// recorded before it is sent: whenever an issue stops, `issue` with the same plan resumes it and ends with exactly the
/// planned keys and purses. No element is issued twice: neither one that is not blank, nor one that reports blank
/// again.
///
/// A blank element is written in one session under its transport key. If that session ends after the keys were loaded,
/// the desk continues under the new ADMIN key, since an authority that loaded a key accepts no older one. SET STATE to
/// issued ends the transport session. The new keys are then proven in a session of their own, in which SET STATE to
/// issued is sent once more: it is the authenticated proof, and it sets the mark on a master-key card that lost the
/// answer to the first.
///
/// A desk works on one element at a time, since an authority has one session.
public final class IssuingDesk {
    let authority: any Authority
    let journal: any IssueJournal
    let clock: () -> Timestamp

    /// - Parameters:
    ///   - authority: a master-key card or a key file.
    ///   - journal: records what was begun and what is done.
    ///   - clock: the time for journal entries.
    public init(authority: any Authority, journal: any IssueJournal, clock: @escaping () -> Timestamp) {
        self.authority = authority
        self.journal = journal
        self.clock = clock
    }

    /// Reads what the element in the reader reports about itself.
    ///
    /// - Throws: `IssueError` `.session`.
    public func inspect(over channel: any CardChannel) throws(IssueError) -> ElementInfo {
        do {
            return try ElementInfo.select(over: channel)
        } catch {
            throw IssueError(.session, "SELECT", cause: error)
        }
    }

    /// The plan of an unfinished issue; nil if there is none.
    ///
    /// - Throws: `IssueError` `.journal`.
    public func unfinishedPlan(of eid: PartyID) throws(IssueError) -> IssuePlan? {
        guard let progress = try progress(of: eid), progress.stage < .verified else { return nil }
        return progress.plan
    }

    /// Abandons an unfinished issue, so that the element, while blank, may be issued with another plan.
    ///
    /// - Throws: `IssueError` `.nothingUnfinished`, `.journal`.
    public func abandon(_ eid: PartyID) throws(IssueError) {
        guard try unfinishedPlan(of: eid) != nil else { throw IssueError(.nothingUnfinished, "\(eid)") }
        try record(.abandoned, of: eid)
    }

    /// Issues the element connected to `channel`, or resumes its issue where it stopped.
    ///
    /// - Parameters:
    ///   - plan: what is to be written.
    ///   - channel: the channel to the element.
    ///   - progress: called after each step.
    /// - Throws: `IssueError` `.otherElement`, `.alreadyIssued`, `.issuedBefore`, `.otherPlanUnfinished`,
    ///   `.wrongState`: nothing was written then. `.session`, `.journal`, `.elementRefused`, `.notAsPlanned`: fix the
    ///   cause and repeat.
    public func issue(
        _ plan: IssuePlan, over channel: any CardChannel, progress: (IssueStep) -> Void = { _ in }
    ) throws(IssueError) -> IssueReceipt {
        let element = try inspect(over: channel)
        guard element.eid == plan.eid else {
            throw IssueError(.otherElement, "\(element.eid), not \(plan.eid)")
        }
        let before = try self.progress(of: plan.eid)
        try check(element, before, against: plan)
        if element.state == .blank {
            try write(plan, to: element, isBegun: before != nil, over: channel, progress)
        }
        try verify(plan, over: channel, progress)
        return IssueReceipt(plan: plan, wasResumed: before != nil, isRepeated: false, finished: clock())
    }

    /// The receipt of a finished issue of the connected element by the same plan, which the element proves to be by a session;
    /// nothing is written.
    ///
    /// - Returns: nil if it was not issued by that plan, or is not in use as issued.
    /// - Throws: `IssueError` `.session`, `.journal`.
    public func finishedIssue(
        _ plan: IssuePlan, over channel: any CardChannel
    ) throws(IssueError) -> IssueReceipt? {
        let element = try inspect(over: channel)
        guard element.eid == plan.eid, element.state == .issued, let before = try progress(of: plan.eid),
            before.stage == .verified, before.plan == plan, let admin = element.newest(.admin)
        else { return nil }
        _ = try open(admin, with: element, over: channel)
        return IssueReceipt(plan: plan, wasResumed: false, isRepeated: true, finished: clock())
    }

    /// Refuses an element that must not be written to.
    private func check(
        _ element: ElementInfo, _ before: IssueProgress?, against plan: IssuePlan
    ) throws(IssueError) {
        let subject = "\(element.eid)"
        switch (element.state, before?.stage) {
        case (.blank, .issued?), (.blank, .verified?): throw IssueError(.issuedBefore, subject)
        case (.blank, _): break
        case (.issued, .inDoubt?), (.issued, .issued?): break
        case (.terminated, _): throw IssueError(.wrongState, "\(subject), which is terminated")
        case (.issued, _), (.blocked, _): throw IssueError(.alreadyIssued, subject)
        }
        if let before, before.plan != plan { throw IssueError(.otherPlanUnfinished, subject) }
    }

    /// Keys, purses and state of a blank element, in one session. The issue begins once both sides are authenticated:
    /// an element that cannot authenticate is left unchanged.
    private func write(
        _ plan: IssuePlan, to element: ElementInfo, isBegun: Bool, over channel: any CardChannel,
        _ progress: (IssueStep) -> Void
    ) throws(IssueError) {
        let key = element.keys.contains(plan.admin) ? plan.admin : .transport
        var session = try open(key, with: element, over: channel)
        progress(.sessionOpened(key))
        if !isBegun { try record(.begun(plan), of: plan.eid) }
        let names = plan.keys.map(\.name)
        _ = try execute(PutKeys(names), in: &session)
        try record(.keysLoaded, of: plan.eid)
        progress(.keysLoaded(names))
        for purse in plan.purses {
            let answer = try execute(purse.bind, in: &session)
            try record(.bound(answer), of: plan.eid)
            progress(.purseBound(purse))
        }
        try record(.stateSent, of: plan.eid)
        _ = try execute(SetState(.issued), in: &session)
        try record(.issued, of: plan.eid)
        progress(.stateSet)
    }

    /// Verifies that the element is issued and holds the new keys and no others.
    private func verify(
        _ plan: IssuePlan, over channel: any CardChannel, _ progress: (IssueStep) -> Void
    ) throws(IssueError) {
        let element = try inspect(over: channel)
        guard element.eid == plan.eid else {
            throw IssueError(.otherElement, "\(element.eid), not \(plan.eid)")
        }
        guard element.state == .issued else { throw IssueError(.notAsPlanned, "\(plan.eid) is \(element.state)") }
        var session = try open(plan.admin, with: element, over: channel)
        progress(.sessionOpened(plan.admin))
        _ = try execute(SetState(.issued), in: &session)
        let names = plan.keys.map(\.name)
        let held = try retireOlder(than: names, of: plan.eid, over: channel, progress)
        guard held == names else {
            let list = held.map(\.description).joined(separator: ", ")
            throw IssueError(.notAsPlanned, "\(plan.eid) holds \(list)")
        }
        try record(.verified, of: plan.eid)
        progress(.verified)
    }
}
