public import ISO7816
public import Issuing
public import Records
public import ValueProtocol

/// The context of a clerk's work: a card or meter, an authority, and the host's records.
///
/// It works on one element, on one thread, which it may block.
public struct ClerkWorkplace {
    public let host: HostContext
    /// The channel to the card or meter.
    public let card: any CardChannel
    public let authority: any Authority
    /// The master keys of the authority, ascending.
    public let masterKeys: [KeyDescriptor]

    init(host: HostContext, card: any CardChannel, keys: any KeyStore) throws {
        self.host = host
        self.card = card
        authority = try keys.authority(register: host.records)
        masterKeys = try keys.descriptors()
    }

    /// The host's records.
    public var records: any RecordStore { host.records }

    /// Stores and refunds credit, sets tariffs and reads use.
    public var elementClient: ElementClient { ElementClient(records: records, authority: authority, clock: host.clock) }

    /// The desk that issues, rotates and blocks.
    func issuingDesk(_ journal: any IssueJournal) -> IssuingDesk {
        IssuingDesk(authority: authority, journal: journal, clock: host.clock)
    }

    /// Issues the card or meter, or resumes its issue where it stopped. One that was finished by the same plan is the same
    /// order: nothing is written again.
    ///
    /// - Throws: `IssueError`, `JournalError`; `HostError` of the records.
    public func issue(_ plan: IssuePlan, progress: (IssueStep) -> Void = { _ in }) throws -> IssueReceipt {
        try records.requireTogether([plan.eid] + plan.purses.map(\.meter))
        let journal = try host.openJournal()
        let desk = issuingDesk(journal)
        let receipt =
            try desk.finishedIssue(plan, over: card) ?? desk.issue(plan, over: card, progress: progress)
        try host.settleBindings(of: plan.eid, by: journal)
        return receipt
    }
}
