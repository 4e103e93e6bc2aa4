internal import ISO7816
public import Issuing
internal import Records
public import ValueProtocol

/// Purses of issued elements: created, and rebound.
extension ClerkWorkplace {
    /// Creates a purse on the element, or binds its existing one to the plan's meter under the newest TRANSFER key.
    ///
    /// A purse bound to another meter keeps its balance; the previous meter can no longer credit a last debit that it
    /// has not credited yet. What is ordered is in the journal before it is sent: if interrupted, call it again.
    ///
    /// - Parameters:
    ///   - plan: without a meter for a float or a meter's own purse; the key version is chosen here.
    ///   - confirm: called with a purse's present meter before it is bound to another one; throws to prevent this.
    ///   - progress: called after each step.
    /// - Returns: the element, its purse as it is now, and the debit that the slot before it left, which its meter may not
    ///   have credited.
    /// - Throws: what `confirm` threw; `WorkplaceError` `.bindRefused`; `SessionError` `.noMasterKey`;
    ///   `IssueError`, `.setBack` with a card that was set back or copied and is blocked now; `JournalError`; `HostError`
    ///   `.onOtherServers` where the records have element and meter on different servers, or of the records,
    ///   also if the card's balance could not be asked for before.
    public func bind(
        _ plan: PursePlan, confirm: (_ element: PartyID, _ boundTo: PartyID) throws -> Void,
        progress: (IssueStep) -> Void = { _ in }
    ) throws -> (eid: PartyID, purse: PursePlan, left: LeftDebit?) {
        let element = try ElementInfo.select(over: card)
        try records.requireTogether([element.eid, plan.meter])
        if let held = try PublicPurse.read(plan.service, over: card)?.meter, held != .none, held != plan.meter {
            try confirm(element.eid, held)
            // What the slot has given so far is known before it makes way.
            _ = try elementClient.balance(of: plan.service, over: card)
        }
        let bound = plan.meter == .none ? plan : try plan.bound(by: masterKeys)
        let journal = try host.openJournal()
        try host.settleBindings(of: element.eid, by: journal)
        let desk = issuingDesk(journal)
        if plan.meter == .none {
            do {
                try blockingIfSetBack(element.eid) { () throws(IssueError) in
                    try desk.makePurse(bound, of: element.eid, over: card)
                }
            } catch let error as IssueError where error.code == .elementRefused {
                throw WorkplaceError(.bindRefused, error.subject)
            }
        } else {
            let rotation = try RotationPlan(eid: element.eid, keys: [], rebinds: [bound])
            try blockingIfSetBack(element.eid) { () throws(IssueError) in
                _ = try desk.rotate(rotation, over: card, progress: progress)
            }
        }
        try host.settleBindings(of: element.eid, by: journal)
        return (element.eid, bound, try journal.lastBinding(of: bound.service, on: element.eid)?.left)
    }
}

extension ClerkWorkplace {
    /// Binds; a card that turns out to be set back or copied was blocked by the desk, and is blocked in the records too.
    ///
    /// - Throws: `IssueError`; `HostError` of the record file.
    func blockingIfSetBack(_ eid: PartyID, _ bind: () throws(IssueError) -> Void) throws {
        do throws(IssueError) {
            try bind()
        } catch {
            if error.code == .setBack, try records.element(eid)?.status.replacement == nil {
                try records.setStatus(.blocked, of: eid, because: error.subject, at: host.clock())
            }
            throw error
        }
    }
}

extension PursePlan {
    /// The same purse under the newest TRANSFER key.
    fileprivate func bound(by held: [KeyDescriptor]) throws(SessionError) -> PursePlan {
        guard let transfer = held.newest(.transfer) else { throw SessionError(.noMasterKey, "TRANSFER") }
        return PursePlan(
            service: service, currency: currency, limit: limit, meter: meter, version: transfer.name.version)
    }
}
