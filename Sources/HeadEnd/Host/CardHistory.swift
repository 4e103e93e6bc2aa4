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

    /// Accepts what the inserted card or meter has applied without these records, which were lost or are old; then it is
    /// updated as by ``updateRecords()``.
    ///
    /// - Throws: as ``updateRecords()``.
    public func acceptNumbers() throws -> AcceptedNumbers {
        let accepted = try elementClient.acceptNumbers(over: card)
        _ = try updateRecords()
        return accepted
    }

    /// What the card shows, without proof, and what these records know of: a purse that is hidden on the way is asked for
    /// all the same.
    private func services(of eid: PartyID) throws -> [UtilityService] {
        let shown = try CardSummary(over: card).purses.map(\.service)
        let known = try host.purses(of: eid).map(\.service) + records.balances(of: eid).map(\.service)
        return Set(shown + known).sorted()
    }
}
