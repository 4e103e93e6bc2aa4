internal import ISO7816
public import Issuing
internal import Records
public import ValueProtocol

/// New keys for elements in the field.
extension HostContext {
    /// Plans the newest keys for an element, and its purses bound to the same meters under the newest TRANSFER key; nil
    /// if it lists the newest of all and no older ones. A BIND without an answer is planned again, and so is a key whose
    /// older version the element still holds, since its rotation was interrupted.
    ///
    /// - Parameters:
    ///   - element: from its SELECT response.
    ///   - masterKeys: of the authority.
    /// - Throws: `IssueError` `.planWrong`, `JournalError`; `HostError` of the record file.
    public func rotationPlan(of element: ElementInfo, masterKeys: [KeyDescriptor]) throws -> RotationPlan? {
        let keys = IssuePlan.purposes(of: element.eid.kind).compactMap { masterKeys.newest($0) }.filter { key in
            let held = element.keys.filter { $0.purpose == key.name.purpose }
            let isMissing = key.name.version > held.last?.version ?? 0
            // A meter keeps older TRANSFER keys for cards that are not bound anew yet.
            return isMissing || (key.name.purpose != .transfer && held.contains { $0.version < key.name.version })
        }
        let transfer = masterKeys.newest(.transfer)?.name.version ?? 0
        let open = try openJournal().bindings(of: element.eid).filter { !$0.isAnswered }.map(\.purse.service)
        let outdated = try purses(of: element.eid).filter { purse in
            purse.meter != .none && (purse.version < transfer || open.contains(purse.service))
        }
        let rebinds = outdated.map { purse in
            PursePlan(
                service: purse.service, currency: purse.currency, limit: purse.limit, meter: purse.meter,
                version: transfer)
        }
        return keys.isEmpty && rebinds.isEmpty
            ? nil : try RotationPlan(eid: element.eid, keys: keys, rebinds: rebinds)
    }

    /// Abandons an unfinished issue of an element with another plan.
    ///
    /// - Throws: `IssueError` `.nothingUnfinished`, `JournalError`.
    public func abandonIssue(of eid: PartyID) throws {
        let journal = try openJournal()
        guard let progress = try journal.progress(of: eid), progress.stage < .verified else {
            throw IssueError(.nothingUnfinished, "\(eid)")
        }
        try journal.append(JournalEntry(eid, .abandoned, at: clock()))
    }
}

extension ClerkWorkplace {
    /// Has the element prove that it holds the newest keys, in a session under each.
    ///
    /// - Throws: `SessionError`, `IssueError`, `JournalError`.
    public func proveNewestKeys() throws {
        let eid = try ElementInfo.select(over: card).eid
        let names = IssuePlan.purposes(of: eid.kind).compactMap { masterKeys.newest($0)?.name }
        try issuingDesk(try host.openJournal()).prove(names, of: eid, over: card)
    }

    /// Rotates the keys of the connected element, and records its purses. If interrupted, call it again.
    ///
    /// - Parameters:
    ///   - plan: from `HostContext.rotationPlan(of:masterKeys:)`.
    ///   - progress: called after each step.
    /// - Returns: the keys that the element holds at the end.
    /// - Throws: `IssueError`, `JournalError`; `HostError` of the record file.
    public func rotate(_ plan: RotationPlan, progress: (IssueStep) -> Void = { _ in }) throws -> [KeyName] {
        let journal = try host.openJournal()
        try host.settleBindings(of: plan.eid, by: journal)
        var keys: [KeyName] = []
        try blockingIfSetBack(plan.eid) { () throws(IssueError) in
            keys = try issuingDesk(journal).rotate(plan, over: card, progress: progress)
        }
        try host.settleBindings(of: plan.eid, by: journal)
        return keys
    }
}
