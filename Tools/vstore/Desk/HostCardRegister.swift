import HeadEnd
import Issuing
import Records
import RecordsSQLite
import ValueProtocol

/// The host's records as the issuing desk sees them.
final class HostCardRegister: CardRegister {
    private let records: RecordFile
    private let journal: any IssueJournal

    init(records: RecordFile, journal: any IssueJournal) {
        self.records = records
        self.journal = journal
    }

    /// As the card was issued, which the journal has, and as it was bound after that, which the record file has; by
    /// service, none where it was not issued here.
    func purses(of card: PartyID) throws -> [PursePlan] {
        var purses: [UtilityService: PursePlan] = [:]
        for purse in try journal.progress(of: card)?.plan.purses ?? [] { purses[purse.service] = purse }
        for bind in try records.purses(of: card) {
            purses[bind.service] = PursePlan(
                service: bind.service, currency: bind.currency, limit: bind.limit, meter: bind.meter,
                version: bind.version)
        }
        return purses.values.sorted { $0.service < $1.service }
    }

    func noteLost(_ card: PartyID, reason: String, at time: Timestamp) throws {
        if try !wasReplaced(card) { try records.setStatus(.lost, of: card, because: reason, at: time) }
    }

    func noteInUse(_ card: PartyID, reason: String, at time: Timestamp) throws {
        try records.setStatus(.inUse, of: card, because: reason, at: time)
    }

    func noteBlocked(_ card: PartyID, at time: Timestamp) throws {
        if try !wasReplaced(card) { try records.setStatus(.blocked, of: card, at: time) }
    }

    private func wasReplaced(_ card: PartyID) throws -> Bool {
        if case .replaced = try records.element(card)?.status { true } else { false }
    }

    func noteReplaced(_ card: PartyID, by replacement: PartyID, at time: Timestamp) throws {
        _ = try records.replace(card, by: replacement, at: time)
    }
}
