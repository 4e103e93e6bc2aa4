public import Issuing
public import Records
public import ValueProtocol

/// The host's records of cards, as the issuing desk sees them: the desk's journal and the record file merged.
public final class HostCardRegister: CardRegister {
    private let records: any RecordStore
    private let journal: any IssueJournal

    /// - Parameters:
    ///   - records: has the elements' status, and the purses that were bound after issuing.
    ///   - journal: has the purses that elements were issued with.
    public init(records: any RecordStore, journal: any IssueJournal) {
        self.records = records
        self.journal = journal
    }

    /// As the card was issued, which the journal has, and as it was bound after that, which the record file has; by
    /// service, none where it was not issued here.
    public func purses(of card: PartyID) throws -> [PursePlan] {
        var purses: [UtilityService: PursePlan] = [:]
        for purse in try journal.progress(of: card)?.plan.purses ?? [] { purses[purse.service] = purse }
        for bind in try records.purses(of: card) {
            purses[bind.service] = PursePlan(
                service: bind.service, currency: bind.currency, limit: bind.limit, meter: bind.meter,
                version: bind.version)
        }
        return purses.values.sorted { $0.service < $1.service }
    }

    public func noteLost(_ card: PartyID, reason: String, at time: Timestamp) throws {
        if try !wasReplaced(card) { try records.setStatus(.lost, of: card, because: reason, at: time) }
    }

    public func noteInUse(_ card: PartyID, reason: String, at time: Timestamp) throws {
        try records.setStatus(.inUse, of: card, because: reason, at: time)
    }

    public func noteBlocked(_ card: PartyID, at time: Timestamp) throws {
        if try !wasReplaced(card) { try records.setStatus(.blocked, of: card, because: nil, at: time) }
    }

    public func noteReplaced(_ card: PartyID, by replacement: PartyID, at time: Timestamp) throws {
        _ = try records.replace(card, by: replacement, at: time)
    }

    private func wasReplaced(_ card: PartyID) throws -> Bool {
        if case .replaced = try records.element(card)?.status { true } else { false }
    }
}
