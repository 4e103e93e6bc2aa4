import Issuing
import Records
import ValueProtocol

/// The host's records of cards for the issuing desk: its journal merged with the record file.
final class HostCardRegister: CardRegister {
    private let records: any RecordStore
    private let journal: any IssueJournal
    private let rule: CarryRule

    /// - Parameters:
    ///   - records: has the elements' status, and the purses bound after issuing.
    ///   - journal: has the purses that elements were issued with.
    ///   - rule: what a replacement gets.
    init(records: any RecordStore, journal: any IssueJournal, carrying rule: CarryRule = .known) {
        self.records = records
        self.journal = journal
        self.rule = rule
    }

    /// As the card was issued, from the journal, and as it was bound after that, from the record file and, where BIND
    /// had no answer, as ordered by the journal; by service, empty if it was not issued here.
    func purses(of card: PartyID) throws -> [PursePlan] {
        var purses: [UtilityService: PursePlan] = [:]
        for purse in try journal.progress(of: card)?.plan.purses ?? [] { purses[purse.service] = purse }
        for bind in try records.purses(of: card) {
            purses[bind.service] = PursePlan(
                service: bind.service, currency: bind.currency, limit: bind.limit, meter: bind.meter,
                version: bind.version)
        }
        for binding in try journal.bindings(of: card) { purses[binding.purse.service] = binding.purse }
        return purses.values.sorted { $0.service < $1.service }
    }

    func recordLost(_ card: PartyID, reason: String, at time: Timestamp) throws {
        if try !wasReplaced(card) { try records.setStatus(.lost, of: card, because: reason, at: time) }
    }

    func recordInUse(_ card: PartyID, reason: String, at time: Timestamp) throws {
        try records.setStatus(.inUse, of: card, because: reason, at: time)
    }

    func recordBlocked(_ card: PartyID, at time: Timestamp) throws {
        if try !wasReplaced(card) { try records.setStatus(.blocked, of: card, because: nil, at: time) }
    }

    func recordReplaced(_ card: PartyID, by replacement: PartyID, at time: Timestamp) throws {
        _ = try records.replace(card, by: replacement, carrying: rule, at: time)
    }

    private func wasReplaced(_ card: PartyID) throws -> Bool {
        if case .replaced = try records.element(card)?.status { true } else { false }
    }
}
