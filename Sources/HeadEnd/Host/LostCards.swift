internal import ISO7816
public import Issuing
public import Records
public import ValueProtocol

/// Cards that are lost, blocked or replaced.
extension ClerkWorkplace {
    /// Blocks the inserted card or meter, in the host's records first, and reads what its purses hold: its replacement
    /// gets that. If interrupted, call it again.
    ///
    /// - Returns: the card.
    /// - Throws: `SessionError`, `IssueError`, `JournalError`.
    public func block(because reason: String) throws -> PartyID {
        let eid = try ElementInfo.select(over: card).eid
        let journal = try host.openJournal()
        try issuingDesk(journal).reportLost(eid, reason: reason, over: card, in: register(journal)) {
            _ = try updateRecords()
        }
        return eid
    }

    /// Returns the blocked, inserted card to use.
    ///
    /// - Returns: the card.
    /// - Throws: `WorkplaceError` `.replaced` if another card has its value; `SessionError`, `IssueError`,
    ///   `JournalError`; `HostError` of the record file.
    public func unblock(because reason: String) throws -> PartyID {
        let eid = try ElementInfo.select(over: card).eid
        let journal = try host.openJournal()
        if case .replaced(let other) = try records.element(eid)?.status {
            throw WorkplaceError(.replaced, "\(eid), replaced by \(other)")
        }
        try issuingDesk(journal).takeBack(eid, reason: reason, over: card, in: register(journal))
        return eid
    }

    /// Issues the inserted blank card as the replacement of `old`, and stores the remaining value of the old one by the
    /// host's records on it. If interrupted, call it again with the same card.
    ///
    /// - Parameters:
    ///   - old: lost or blocked.
    ///   - plan: from `HostContext.replacementPlan(of:by:masterKeys:)`.
    ///   - rule: what it gets; the first call for `old` decides.
    ///   - progress: called after each step.
    /// - Returns: what was carried over, purse by purse.
    /// - Throws: `IssueError`, `JournalError`, `HostError`.
    public func replace(
        _ old: PartyID, by plan: IssuePlan, carrying rule: CarryRule = .known,
        progress: (IssueStep) -> Void = { _ in }
    ) throws -> [CreditResult] {
        let journal = try host.openJournal()
        let register = HostCardRegister(records: records, journal: journal, carrying: rule)
        try issuingDesk(journal).replace(old, by: plan, over: card, in: register, progress: progress)
        try host.settleBindings(of: plan.eid, by: journal)
        return try elementClient.completeCarryOver(over: card)
    }

    private func register(_ journal: any IssueJournal) -> HostCardRegister {
        HostCardRegister(records: records, journal: journal)
    }
}

extension HostContext {
    /// Reports an absent card lost: nothing is loaded onto it any more.
    ///
    /// - Throws: `HostError` `.wrongStatus` if it was replaced, or of the record file.
    public func reportLost(_ eid: PartyID, because reason: String) throws(HostError) {
        try records.setStatus(.lost, of: eid, because: reason, at: clock())
    }

    /// Plans the card or meter `blank` as the replacement of `old`: the same purses, bound to the same meters.
    ///
    /// - Parameters:
    ///   - old: the card to be replaced.
    ///   - blank: the new card.
    ///   - masterKeys: of the authority.
    /// - Throws: `WorkplaceError` `.inUse`, `.notIssuedHere`; `HostError` `.openTransaction`, or of the record file;
    ///   `JournalError`; `IssueError` `.planWrong`.
    public func replacementPlan(
        of old: PartyID, by blank: PartyID, masterKeys: [KeyDescriptor]
    ) throws -> IssuePlan {
        guard try records.element(old)?.status ?? .inUse != .inUse else { throw WorkplaceError(.inUse, "\(old)") }
        // Checked before a blank card is used up.
        if let open = try records.transactions(of: old).first(where: { !$0.state.isSettled }) {
            throw HostError(.openTransaction, "\(open)")
        }
        let purses = try purses(of: old)
        guard !purses.isEmpty else { throw WorkplaceError(.notIssuedHere, "\(old)") }
        try records.requireTogether([blank] + purses.map(\.meter) + (old.kind.isMeter ? [old] : []))
        // Of value that came by card only the journal of issuing knows the currency.
        let known = try records.purses(of: old).map(\.service)
        let missing = purses.filter { !known.contains($0.service) }
        if !missing.isEmpty { try records.recordPurses(missing.map(\.bind), of: old, at: clock()) }
        return try IssuePlan(eid: blank, held: masterKeys, purses: purses)
    }
}
