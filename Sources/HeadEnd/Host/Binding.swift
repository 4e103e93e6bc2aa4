internal import ISO7816
public import Issuing
internal import Records
public import ValueProtocol

/// Purses of issued elements: made, and bound to another meter.
extension ClerkWorkplace {
    /// Gives the element a purse, or binds the purse that it has to the plan's meter under the newest TRANSFER key.
    ///
    /// Bound to another meter, a purse keeps its balance; what the meter before drew last and could not credit, it can
    /// credit no more.
    ///
    /// - Parameters:
    ///   - plan: without a meter, of a float or a meter's own purse; the key version is chosen here.
    ///   - confirm: called before a purse is bound away from the meter that it names; throws to leave it as it is.
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

    /// Has the element make a purse that no meter draws on.
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
