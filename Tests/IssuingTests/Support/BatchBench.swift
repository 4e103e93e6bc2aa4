import ISO7816
import Issuing
import ValueElement
import ValueProtocol

/// Blank cards by the dozen, a master-key card for ten of them, and the files of a batch.
final class BatchBench {
    let suite: CipherSuite
    let journalFile = TemporaryFile()
    let resultFile = TemporaryFile()
    let master: IssuingBench
    private(set) var memories: [PartyID: VolatileMemory] = [:]
    private var cards: [PartyID: LossyChannel] = [:]
    private var losses: [PartyID: LossPlan] = [:]

    init() throws {
        suite = try CipherSuite()
        master = try IssuingBench(.masterKeyCard, TestKeys.card(0))
    }

    func card(_ number: UInt32) throws -> LossyChannel {
        let eid = TestKeys.card(number)
        if let card = cards[eid] {
            try card.inner.reset()
            return card
        }
        let transport = suite.elementKey(TestKeys.master(.transport), .transport, for: eid)
        let memory = VolatileMemory(ValueCard.blank(eid, transportKey: transport))
        memories[eid] = memory
        let plan = LossPlan()
        losses[eid] = plan
        let card = LossyChannel(try InProcessChannel(try ValueCard(memory)), plan)
        cards[eid] = card
        return card
    }

    /// Loses the answer to the card's `message`-th command from now.
    func lose(_ message: Int, of number: UInt32) {
        guard let plan = losses[TestKeys.card(number)] else { return }
        plan.lose(.answer, ofMessage: plan.messages + message)
    }

    /// Loses nothing any more.
    func calm() { for plan in losses.values { plan.calm() } }

    func run(_ csv: String) throws -> BatchRun {
        let desk = IssuingDesk(
            authority: MasterKeyCardAuthority(master.master), journal: try FileJournal(path: journalFile.path)
        ) { Timestamp(rawValue: 7) }
        return try BatchRun(
            try BatchOrder(csv: csv), by: desk, held: TestKeys.checked(TestKeys.names, suite),
            results: try BatchResults(path: resultFile.path))
    }

    func image(_ number: UInt32) throws -> ElementImage? {
        try memories[TestKeys.card(number)].map { try ValueCard.images(in: $0).element }
    }

    static let header = "eid,purses,currency,limit\n"
    static let row = "gas:00A1B2C3-02-000078 water:00A1B2C3-03-000078,EUR,200 50\n"
}
