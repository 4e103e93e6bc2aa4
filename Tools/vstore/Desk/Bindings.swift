import Host
import Issuing
import ValueProtocol

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How the purses of cards are bound today: as they were planned when they were issued, which the journal has, and as
/// they were bound after that, which a file of lines `eid,service,currency,limit,meter,version` has, the last one counting.
struct Bindings {
    private let home: Home
    private var later: [(card: PartyID, purse: PursePlan)] = []

    /// - Throws: `Failure`, `CSVError`.
    init(_ home: Home) throws {
        self.home = home
        guard FileManager.default.fileExists(atPath: home.bindings) else { return }
        for row in try CSVText(try TextFile.read(home.bindings)).rows {
            guard let entry = Bindings.entry(row.map(\.text)) else {
                throw Failure(.file, "\(home.bindings), line \(row[0].line): is damaged. Restore it from a backup.")
            }
            later.append(entry)
        }
    }

    /// The purses of `card`, by service; none where it was not issued here.
    func purses(of card: PartyID, _ journal: any IssueJournal) throws -> [PursePlan] {
        var purses: [Service: PursePlan] = [:]
        for purse in try journal.progress(of: card)?.plan.purses ?? [] { purses[purse.service] = purse }
        for entry in later where entry.card == card { purses[entry.purse.service] = entry.purse }
        return purses.values.sorted { $0.service < $1.service }
    }

    /// Writes down how a purse is bound from now on.
    mutating func note(_ purse: PursePlan, of card: PartyID) throws {
        later.append((card, purse))
        let lines = later.map { entry in
            CSVText.line([
                "\(entry.card)", "\(entry.purse.service)", "\(entry.purse.currency)", "\(entry.purse.limit)",
                "\(entry.purse.meter)", "\(entry.purse.version)",
            ]) + "\n"
        }
        try TextFile.write(lines.joined(), to: home.bindings)
    }

    private static func entry(_ words: [String]) -> (card: PartyID, purse: PursePlan)? {
        guard words.count == 6, let card = PartyID(words[0]), let service = Service(named: words[1]),
            let currency = Currency(words[2]), let limit = Amount(words[3]), let meter = PartyID(words[4]),
            let version = UInt8(words[5])
        else { return nil }
        return (card, PursePlan(service: service, currency: currency, limit: limit, meter: meter, version: version))
    }
}

/// The host's records as the issuing desk sees them.
final class HostCardRegister: CardRegister {
    let records: RecordFile
    let bindings: Bindings
    let journal: any IssueJournal

    init(records: RecordFile, journal: any IssueJournal, _ home: Home) throws {
        self.records = records
        self.journal = journal
        bindings = try Bindings(home)
    }

    func purses(of card: PartyID) throws -> [PursePlan] { try bindings.purses(of: card, journal) }

    func noteLost(_ card: PartyID, reason: String, at time: Timestamp) throws {
        try records.setStanding(.lost, of: card, at: time)
    }

    func noteBlocked(_ card: PartyID, at time: Timestamp) throws {
        try records.setStanding(.blocked, of: card, at: time)
    }

    func noteReplaced(_ card: PartyID, by replacement: PartyID, at time: Timestamp) throws {
        _ = try records.replace(card, by: replacement, at: time)
    }
}
