import CardIOTesting
import ISO7816
import Issuing
import TestSupport
import TestWorlds
import ValueElement
import ValueProtocol

/// A dozen blank cards, a master-key card for ten of them, and the files of a batch.
final class BatchBench {
    let suite: CipherSuite
    let journalFile: TemporaryFile
    let resultFile: TemporaryFile
    let master: IssuingBench
    private var cards: [PartyID: (card: TestCard, channel: FaultyChannel)] = [:]

    init() throws {
        suite = try CipherSuite()
        journalFile = try TemporaryFile()
        resultFile = try TemporaryFile()
        master = try IssuingBench(.masterKeyCard, TestKeys.card(0))
    }

    func card(_ number: UInt32) throws -> FaultyChannel {
        let eid = TestKeys.card(number)
        if let (card, channel) = cards[eid] {
            try card.channel.reset()
            return channel
        }
        let transport = suite.elementKey(TestKeys.master(.transport), .transport, for: eid)
        let card = try TestCard(blank: eid, transportKey: transport)
        let channel = FaultyChannel(card.channel)
        cards[eid] = (card, channel)
        return channel
    }

    /// Loses the answer to the card's `message`-th command from now.
    func lose(_ message: Int, of number: UInt32) {
        guard let plan = cards[TestKeys.card(number)]?.channel.plan else { return }
        plan.fault = .dropAnswer(plan.exchanges + message - 1)
    }

    /// Loses no more answers.
    func calm() { for (_, channel) in cards.values { channel.plan.fault = .none } }

    func run(_ csv: String) throws -> BatchRun {
        let desk = IssuingDesk(
            authority: MasterKeyCardAuthority(master.master), journal: try FileJournal(path: journalFile.path)
        ) { Timestamp(rawValue: 7) }
        return try BatchRun(
            try BatchOrder(csv: csv), by: desk, held: TestKeys.checked(TestKeys.names, suite),
            results: try BatchResults(path: resultFile.path))
    }

    func image(_ number: UInt32) throws -> ElementImage? {
        try cards[TestKeys.card(number)]?.card.image
    }

    static let header = "eid,purses,currency,limit\n"
    static let row = "gas:00A1B2C3-02-000078 water:00A1B2C3-03-000078,EUR,200 50\n"
}
