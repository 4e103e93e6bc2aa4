public import ISO7816
public import Issuing
public import Records
public import ValueProtocol

/// What a clerk works with: a card or meter, an authority, and the host's records.
///
/// It works on one element, on one thread, which it may block.
public struct ClerkWorkplace {
    public let host: HostContext
    /// Leads to the card or meter.
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

    /// The desk that stores credit and refunds it.
    public var creditDesk: CreditDesk { CreditDesk(records: records, authority: authority, clock: host.clock) }

    /// The desk that issues, rotates and blocks.
    public func issuingDesk(_ journal: any IssueJournal) -> IssuingDesk {
        IssuingDesk(authority: authority, journal: journal, clock: host.clock)
    }

    /// Issues the card or meter, or takes up its issue where it stopped.
    ///
    /// - Throws: `IssueError`, `JournalError`.
    public func issue(_ plan: IssuePlan, progress: (IssueStep) -> Void = { _ in }) throws -> IssueReceipt {
        try issuingDesk(try host.openJournal()).issue(plan, over: card, progress: progress)
    }

    /// The currency of a purse of the card, as it was issued or bound here; nil where it was not.
    ///
    /// - Parameters:
    ///   - service: the purse's.
    ///   - eid: the card where it is known; else it is selected.
    /// - Throws: `SessionError`, `JournalError`; `HostError` of the record file.
    public func currency(of service: UtilityService, on eid: PartyID? = nil) throws -> Currency? {
        try host.currency(of: service, on: eid ?? ElementInfo.select(over: card).eid)
    }
}
