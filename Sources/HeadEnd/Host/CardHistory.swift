internal import ISO7816
internal import Issuing
public import Records
public import ValueProtocol

/// The host's records of a card.
public struct CardHistory: Sendable, Hashable {
    public let eid: PartyID
    public let status: ElementStatus
    /// Oldest first.
    public let transactions: [CreditTransaction]
    public let books: [PurseBooks]
    public let balances: [ProvenBalance]

    public init(
        eid: PartyID, status: ElementStatus, transactions: [CreditTransaction] = [], books: [PurseBooks] = [],
        balances: [ProvenBalance] = []
    ) {
        self.eid = eid
        self.status = status
        self.transactions = transactions
        self.books = books
        self.balances = balances
    }

    /// Reads them from the records.
    ///
    /// - Throws: `WorkplaceError` `.unknownElement`; `HostError` of the record file.
    public init(of eid: PartyID, in records: any RecordStore) throws {
        guard let element = try records.element(eid) else { throw WorkplaceError(.unknownElement, "\(eid)") }
        self.init(
            eid: eid, status: element.status, transactions: try records.transactions(of: eid),
            books: try records.books(of: eid), balances: try records.balances(of: eid))
    }
}

/// What one contact with a card added to the records.
public struct CardContact: Sendable, Hashable {
    public let eid: PartyID
    /// Transactions that had been in doubt, with their outcomes.
    public let recovered: [CreditTransaction]
    /// New meter status reported through the card.
    public let meterStatus: [MeterStatusRecord]
}

extension ClerkWorkplace {
    /// Updates the records of the inserted card: transactions in doubt are resolved, the balance of each purse is
    /// proven, value of an element that it replaced is stored, and meter status is collected.
    ///
    /// - Throws: `HostError` `.noSession`, `.stillInDoubt`, or of the record file; `SessionError`, `CardError`,
    ///   `MasterKeyError`.
    public func updateRecords() throws -> CardContact {
        let (element, client) = (try ElementInfo.select(over: card), elementClient)
        let recovered = try client.recover(over: card, expecting: element.eid)
        for service in try services(of: element.eid) { _ = try client.balance(of: service, over: card) }
        // What its predecessor's report has settled since is stored now.
        _ = try client.completePending(of: element.eid, over: card)
        let statuses =
            element.eid.kind == .subscriberCard
            ? try client.collectMeterStatus(over: card, expecting: element.eid) : []
        return CardContact(eid: element.eid, recovered: recovered, meterStatus: statuses)
    }

    /// Accepts what the inserted card or meter has applied without these records, which were lost or are old, and the
    /// purses that it shows; then it is updated as by ``updateRecords()``.
    ///
    /// - Parameter expected: the element that must answer; nil accepts any.
    /// - Throws: as ``updateRecords()``.
    public func acceptNumbers(expecting expected: PartyID? = nil) throws -> AcceptedNumbers {
        let accepted = try elementClient.acceptNumbers(over: card, expecting: expected)
        try adoptPurses(of: accepted.eid, isBehind: accepted.gap != nil)
        _ = try updateRecords()
        return accepted
    }

    /// Purses that were made or bound after these records are recorded as the element shows them. It shows them without
    /// proof; what they hold is proven, and a meter that draws from another slot than it should is refused by the card.
    private func adoptPurses(of eid: PartyID, isBehind: Bool) throws {
        let known = try host.purses(of: eid)
        let shown = try CardSummary(over: card).purses.map { shown in
            let same = known.first { $0.service == shown.service && $0.meter == shown.meter }
            return PursePlan(
                service: shown.service, currency: shown.currency, limit: shown.limit, meter: shown.meter,
                version: try same?.version ?? boundVersion(of: shown, on: eid))
        }
        guard isBehind || !shown.allSatisfy(known.contains) else { return }
        let journal = try host.openJournal()
        try journal.append(JournalEntry(eid, .adopted(shown), at: host.clock()))
        try host.settleBindings(of: eid, by: journal)
    }

    /// The version of the meter's TRANSFER key under which a purse is bound: the card begins a session of no other
    /// (protocol §3). Nothing follows. 0 where there is no meter, or the host has no such key.
    private func boundVersion(of purse: PublicPurse, on eid: PartyID) throws -> UInt8 {
        guard purse.meter != .none else { return 0 }
        var opening: [UInt8] = []
        opening.append(purse.meter)
        opening += (0..<16).map { _ in UInt8.random(in: 0...255) }
        for key in masterKeys.map(\.name).filter({ $0.purpose == .transfer }).sorted(by: { $1.version < $0.version }) {
            let answer = try card.transmit(ElementCommand.initialize(key, opening))
            if answer.status == .success { return key.version }
            guard answer.status == .referencedDataNotFound else {
                throw HostError(
                    .noSession, "\(eid)", cause: SessionError(.refused, "INITIALIZE", status: answer.status))
            }
        }
        return 0
    }

    /// What the card shows, without proof, and what these records know of: a purse that is hidden on the way is asked for
    /// all the same.
    private func services(of eid: PartyID) throws -> [UtilityService] {
        let shown = try CardSummary(over: card).purses.map(\.service)
        let known = try host.purses(of: eid).map(\.service) + records.balances(of: eid).map(\.service)
        return Set(shown + known).sorted()
    }
}
