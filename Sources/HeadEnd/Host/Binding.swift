internal import ISO7816
public import Issuing
internal import Records
public import ValueProtocol

/// Purses of issued elements: created, and rebound.
extension ClerkWorkplace {
    /// Creates a purse on the element, or binds its existing one to the plan's meter under the newest TRANSFER key.
    ///
    /// A purse bound to another meter keeps its balance; the previous meter can no longer credit a last debit that it
    /// has not credited yet.
    ///
    /// - Parameters:
    ///   - plan: without a meter for a float or a meter's own purse; the key version is chosen here.
    ///   - confirm: called with a purse's present meter before it is bound to another one; throws to prevent this.
    ///   - progress: called after each step.
    /// - Returns: the element and its purse as it is now.
    /// - Throws: what `confirm` threw; `WorkplaceError` `.bindRefused`; `SessionError` `.noMasterKey`, `.noSuchKey`;
    ///   `IssueError`, `JournalError`; `HostError` of the record file.
    public func bind(
        _ plan: PursePlan, confirm: (_ element: PartyID, _ boundTo: PartyID) throws -> Void,
        progress: (IssueStep) -> Void = { _ in }
    ) throws -> (eid: PartyID, purse: PursePlan) {
        let element = try ElementInfo.select(over: card)
        if let held = try PublicPurse.read(plan.service, over: card)?.meter, held != .none, held != plan.meter {
            try confirm(element.eid, held)
        }
        let bound = plan.meter == .none ? plan : try plan.bound(by: masterKeys)
        let journal = try host.openJournal()
        if plan.meter == .none {
            try makePurse(bound, of: element)
        } else {
            let rotation = try RotationPlan(eid: element.eid, keys: [], rebinds: [bound])
            _ = try issuingDesk(journal).rotate(rotation, over: card, progress: progress)
        }
        try records.recordPurses([bound.bind], of: element.eid, at: host.clock())
        return (element.eid, bound)
    }

    /// Creates a purse from which no meter draws.
    private func makePurse(_ plan: PursePlan, of element: ElementInfo) throws {
        guard let admin = element.newest(.admin) else { throw SessionError(.noSuchKey, "ADMIN of \(element.eid)") }
        var session = try ElementConversation(with: element, over: card, by: authority, key: admin)
        let result = try session.execute(plan.bind)
        guard result.answer != nil else { throw WorkplaceError(.bindRefused, "\(element.eid), \(result.status)") }
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
