import CardCrypto
import HeadEnd
import Ledger
import Records
import RecordsSQLite
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

@Suite("A client stores credit and takes it off")
struct ElementClientTests {
    let keys: HostKeys
    let records: RecordFile
    let client: ElementClient

    init() throws {
        keys = try testKeys()
        records = try RecordFile.inMemory(auditKey: keys.auditKey)
        client = try HeadEndTests.client(records, keys)
    }

    @Test func `books, balance and card agree`() throws {
        let card = try TestCard(keys: keys)
        #expect(try client.store(10_000_000, over: card.channel).state == .done)
        #expect(try client.takeOff(3_000_000, over: card.channel).state == .done)
        try card.spend(2_500_000)
        #expect(try client.balance(of: .gas, over: card.channel).amount.rawValue == 4_500_000)
        let books = try #require(try records.books(of: card.eid).first)
        #expect(books.stored.rawValue == 10_000_000)
        #expect(books.refunded.rawValue == 3_000_000)
        #expect(books.spent?.rawValue == 2_500_000)
        #expect(books.isSound)
        #expect(try card.holds() == 4_500_000)
        #expect(try records.transactions(of: card.eid).map(\.htxn.rawValue) == [1, 2])
        try records.verify()
    }

    @Test func `what the element refuses is reported and changes nothing`() throws {
        let card = try TestCard(keys: keys)
        func refusal(_ service: UtilityService, _ currency: Currency, _ amount: UInt64) throws
            -> CreditTransaction.State?
        {
            try client.storeCredit(Amount(rawValue: amount), for: service, in: currency, over: card.channel).state
        }
        #expect(try refusal(.heat, TestCard.euro, 1) == .refused(.unknownService))
        #expect(try refusal(.gas, Currency(rawValue: 840), 1) == .refused(.wrongCurrency))
        #expect(try refusal(.gas, TestCard.euro, TestCard.limit.rawValue + 1) == .refused(.overLimit))
        #expect(
            try client.takeOff(1, over: card.channel).outcome == .declined(.books(.notEnoughValue)),
            "not even sent")
        #expect(try refusal(.gas, TestCard.euro, TestCard.limit.rawValue) == .done)
        #expect(try records.unsettled().isEmpty)
        try records.verify()
    }

    @Test func `a blocked card refuses`() throws {
        let card = try TestCard(keys: keys) { $0.state = .blocked }
        #expect(try client.store(1, over: card.channel).state == .refused(.blocked))
    }

    @Test(arguments: [ElementStatus.lost, .blocked])
    func `nothing is sold to an element that is not in use`(_ status: ElementStatus) throws {
        let card = try TestCard(keys: keys)
        try records.setStatus(status, of: card.eid, at: Timestamp(rawValue: 5))
        #expect(try client.store(1, over: card.channel).outcome == .declined(.status(status)))
        try records.setStatus(.inUse, of: card.eid, at: Timestamp(rawValue: 6))
        #expect(try client.store(1, over: card.channel).state == .done)
    }

    @Test func `no amount is declined`() throws {
        let card = try TestCard(keys: keys)
        #expect(try client.store(0, over: card.channel).outcome == .declined(.noAmount))
        #expect(try client.store(.max, over: card.channel).outcome == .declined(.noAmount))
        #expect(try records.transactions().isEmpty)
    }

    @Test func `an order of one reference is done once`() throws {
        let card = try TestCard(keys: keys)
        let first = try client.store(5, over: card.channel, reference: "order 1")
        let again = try client.store(5, over: card.channel, reference: "order 1")
        #expect(again.outcome == first.outcome && again.recovered == first.recovered)
        #expect(!first.isRepeated && again.isRepeated)
        #expect(try card.holds() == 5)
        expect(.otherOrder) { _ = try client.store(6, over: card.channel, reference: "order 1") }
        expect(.otherOrder) { _ = try client.takeOff(5, over: card.channel, reference: "order 1") }
        #expect(throws: HostError(.otherOrder, "")) {
            try client.store(6, over: card.channel, reference: "carry-over me")
        }
        #expect(try card.holds() == 5)
    }

    @Test func `a refused order may be given again`() throws {
        let card = try TestCard(keys: keys)
        #expect(
            try client.takeOff(5, over: card.channel, reference: "back").outcome == .declined(.books(.notEnoughValue)))
        #expect(try client.store(TestCard.limit.rawValue + 1, over: card.channel, reference: "much").state != .done)
        #expect(try client.store(TestCard.limit.rawValue + 1, over: card.channel, reference: "much").state != .done)
        _ = try client.store(5, over: card.channel)
        #expect(try client.takeOff(5, over: card.channel, reference: "back").state == .done)
        #expect(try card.holds() == 0)
    }

    @Test func `another element than expected is not touched`() throws {
        let card = try TestCard(keys: keys)
        let other = PartyID(issuer: 1, kind: .subscriberCard, number: 1)
        #expect(throws: HostError(.noSession, "")) {
            try client.storeCredit(
                Amount(rawValue: 1), for: .gas, in: TestCard.euro, over: card.channel, expecting: other)
        }
        #expect(try records.transactions().isEmpty)
    }

    @Test func `an element that is not genuine is refused before anything is written`() throws {
        let strangers = try testKeys()
        strangers.hold(Secret(copying: [UInt8](repeating: 9, count: 16)), as: KeyName(.credit, 1))
        let card = try TestCard(keys: strangers)
        #expect {
            try client.store(1, over: card.channel)
        } throws: { error in
            (error as? HostError)?.cause as? SessionError == SessionError(.elementNotGenuine, "")
        }
        #expect(try records.transactions().isEmpty)
    }

    @Test func `an older copy of a card is found out`() throws {
        let card = try TestCard(keys: keys)
        for _ in 1...3 { _ = try client.store(1, over: card.channel) }
        let copy = try TestCard(keys: keys)
        #expect {
            try client.store(1, over: copy.channel)
        } throws: { error in
            (error as? HostError)?.cause as? SessionError == SessionError(.staleElement, "")
        }
    }

    @Test func `a key below one used before is refused`() throws {
        let both = try testKeys(versions: 1...2)
        let client = try HeadEndTests.client(records, both)
        let newer = try TestCard(keys: both)
        _ = try client.store(1, over: newer.channel)
        let older = try TestCard(keys: keys) { $0.nt = 1000 }
        #expect {
            try client.store(1, over: older.channel)
        } throws: { error in
            (error as? HostError)?.cause as? SessionError == SessionError(.oldKey, "")
        }
    }

    @Test func `the receipt's mark stands in the trail`() throws {
        let card = try TestCard(keys: keys)
        _ = try client.store(1, over: card.channel, reference: "till 3")
        let receipt = try #require(try records.receipt(HostTransaction(rawValue: 1), of: card.eid))
        #expect(receipt.transaction.balance?.rawValue == 1)
        #expect(AuditMark("\(receipt.mark)") == receipt.mark)
        try records.verify(against: [receipt.mark])
        #expect(try records.receipt(HostTransaction(rawValue: 2), of: card.eid) == nil)
    }
}
