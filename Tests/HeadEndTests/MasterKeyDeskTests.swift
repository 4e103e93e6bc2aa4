import CardIOTesting
import HeadEnd
import Ledger
import Records
import RecordsSQLite
import TestWorlds
import Testing
import ValueProtocol

@Suite("A master-key card as the authority")
struct MasterKeyDeskTests {
    static let ordered: UInt64 = 6_000_000
    /// OPEN SESSION, AUTHENTICATE, and SEAL and UNSEAL for STATUS and for STORE CREDIT.
    static let exchanges = 6
    let keys: HostKeys
    let card: TestCard

    init() throws {
        keys = try testKeys()
        card = try TestCard(keys: keys)
    }

    @Test func `sells from its float`() throws {
        let till = try MasterKeyDesk(keys)
        #expect(try till.client.store(Self.ordered, over: card.channel).state == .done)
        #expect(till.channel.exchanges == Self.exchanges)
        #expect(try card.holds() == Self.ordered)
        #expect(try till.float() == MasterKeyDesk.filled - Self.ordered)
    }

    @Test(arguments: FaultyChannel.everyFault(exchanges: exchanges), [.none] + FaultyChannel.everyFault(exchanges: 4))
    func `whatever is lost between desk, card and master-key card`(
        _ atMaster: FaultyChannel.Fault, _ atCard: FaultyChannel.Fault
    ) throws {
        // A repeated order without a reference is also recognized as the same.
        for reference in ["1", nil] {
            let till = try MasterKeyDesk(keys, fault: atMaster)
            let card = try TestCard(keys: keys)
            let channel = FaultyChannel(card.channel, fault: atCard)
            var (tries, state): (Int, CreditTransaction.State?) = (0, nil)
            while state != .done, tries < 5 {
                tries += 1
                do { state = try till.client.store(Self.ordered, over: channel, reference: reference).state } catch {
                    #expect([.noSession, .notSealed, .inDoubt].contains(error.code), "\(error)")
                }
            }
            #expect(state == .done && tries <= 3)
            #expect(try card.holds() == Self.ordered)
            #expect(try till.float() == MasterKeyDesk.filled - Self.ordered)
            #expect(try till.records.unsettled().isEmpty)
            #expect(try till.records.books(of: card.eid).map(\.stored.rawValue) == [Self.ordered])
            try till.records.verify()
        }
    }

    @Test func `sells no more than its float`() throws {
        let till = try MasterKeyDesk(keys)
        // These records filled the float: they do not even ask it.
        #expect(
            try till.client.store(MasterKeyDesk.filled + 1, over: card.channel).outcome
                == .declined(.books(.notEnoughValue)))
        #expect(try till.records.transactions(of: card.eid).isEmpty)
        // Records that do not know it ask it, and it does not seal. Nothing left it, so nothing is in doubt.
        let records = try RecordFile.inMemory()
        let other = ElementClient(records: records, authority: till.authority)
        expect(.notSealed) { _ = try other.store(MasterKeyDesk.filled + 1, over: card.channel) }
        #expect(try records.unsettled().isEmpty)
        #expect(try records.transactions(of: card.eid).map(\.state) == [.notApplied])
        #expect(try card.holds() == 0)
        #expect(try till.float() == MasterKeyDesk.filled)
    }

    @Test func `an older copy of a card is found out by the records`() throws {
        _ = try HeadEndTests.client(RecordFile.inMemory(), keys).store(1, over: card.channel)
        let till = try MasterKeyDesk(keys)
        _ = try till.client.acceptNumbers(over: card.channel)
        for _ in 1...3 { _ = try till.client.store(1, over: card.channel) }
        let second = try MasterKeyDesk(keys)
        let records = till.records
        let client = ElementClient(records: records, authority: second.authority) { Timestamp(rawValue: 1) }
        let copy = try TestCard(keys: keys)
        #expect {
            try client.store(1, over: copy.channel)
        } throws: { error in
            (error as? HostError)?.cause as? SessionError == SessionError(.staleElement, "")
        }
        #expect(try copy.holds() == 0)
    }
}
