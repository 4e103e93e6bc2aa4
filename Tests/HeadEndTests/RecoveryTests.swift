import CardIOTesting
import HeadEnd
import ISO7816
import Records
import RecordsSQLite
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

@Suite("What STATUS cannot tell, a person resolves")
struct RecoveryTests {
    let keys: HostKeys
    let records: RecordFile
    let client: ElementClient
    let card: TestCard
    /// The transaction in doubt at the start of each test.
    let open = HostTransaction(rawValue: 1)

    init() throws {
        keys = try testKeys()
        records = try RecordFile.inMemory(auditKey: keys.auditKey)
        client = try HeadEndTests.client(records, keys)
        card = try TestCard(keys: keys)
        let channel = FaultyChannel(card.channel, fault: .dropCommand(3))
        expect(.inDoubt) { _ = try client.store(100, over: channel) }
    }

    /// Applies transactions without these records, as a second record file would.
    private func applyElsewhere(_ numbers: ClosedRange<UInt64>, amount: UInt64 = 7) throws {
        let element = try #require(card.card.element)
        try element.update { image in
            for number in numbers {
                image.keep(
                    AppliedTransaction(
                        htxn: HostTransaction(rawValue: number), op: .storeCredit, service: .gas,
                        currency: TestCard.euro, amount: Amount(rawValue: amount), balance: .zero,
                        time: Timestamp(rawValue: 1)))
            }
        }
    }

    @Test func `nine newer ones pushed it out`() throws {
        try applyElsewhere(2...10)
        let before = try client.recover(over: card.channel)
        #expect(before.map(\.state) == [.needsManualResolution])
        let waiting = try #require(before.first)
        #expect(try client.store(1, over: card.channel).outcome == .declined(.needsManualResolution(waiting)))
        #expect(try client.recover(over: card.channel).isEmpty)
        #expect(try records.unsettled() == [waiting])
        let accepted = try client.acceptNumbers(over: card.channel)
        #expect(accepted.gap == NumberGap(known: open, applied: HostTransaction(rawValue: 10)))
        #expect(try client.acceptNumbers(over: card.channel).gap == nil)
        let resolved = try records.resolve(
            open, of: card.eid, applied: false, by: "the supervisor", because: "purse unchanged",
            at: Timestamp(rawValue: 9))
        #expect(resolved.state == .notApplied)
        expect(.notResolvable) {
            _ = try records.resolve(open, of: card.eid, applied: true, by: "", because: "", at: Timestamp(rawValue: 9))
        }
        // Never again with that number: the element has applied higher ones.
        #expect(try client.retry(open, of: card.eid, over: card.channel).outcome == .declined(.notToRetry(resolved)))
        let next = try client.store(1, over: card.channel)
        #expect(next.state == .done)
        #expect(try records.transactions(of: card.eid).last?.htxn.rawValue == 11)
        let gap = AuditEvent.numberGap(applied: HostTransaction(rawValue: 10), known: open)
        #expect(try records.auditTrail(of: card.eid).contains { $0.event == gap })
        try records.verify()
    }

    @Test func `below the lowest kept the element cannot tell`() throws {
        try applyElsewhere(2...9)
        // Eight are stored, the lowest is 2: whether 1 was ever applied cannot be determined.
        #expect(try client.recover(over: card.channel).map(\.state) == [.needsManualResolution])
    }

    @Test func `another amount under the same number is for a person`() throws {
        try applyElsewhere(1...1, amount: 99)
        #expect(try client.recover(over: card.channel).map(\.state) == [.needsManualResolution])
    }

    @Test func `what is in doubt is found out before anything new`() throws {
        let result = try client.store(5, over: card.channel)
        #expect(result.recovered.map(\.state) == [.notApplied])
        #expect(result.state == .done)
        #expect(try card.holds() == 5)
        let old = try #require(try records.transaction(open, of: card.eid))
        #expect(try client.retry(open, of: card.eid, over: card.channel).outcome == .declined(.notToRetry(old)))
        #expect(try card.holds() == 5)
    }

    @Test func `only out of reach of the element may doubt be resolved`() throws {
        expect(.notResolvable) {
            _ = try records.resolve(open, of: card.eid, applied: true, by: "", because: "", at: Timestamp(rawValue: 9))
        }
        try records.setStatus(.lost, of: card.eid, because: "left in a tram", at: Timestamp(rawValue: 8))
        let resolved = try records.resolve(
            open, of: card.eid, applied: true, by: "the supervisor", because: "seen on the display",
            at: Timestamp(rawValue: 9))
        #expect(resolved.state == .done)
        #expect(try records.remainingValue(of: card.eid).map(\.amount.rawValue) == [100])
        try records.verify()
    }

    /// The card applies the order, but before its answer arrives another clerk reports it lost and resolves the order.
    private func sellWhileResolved(applied: Bool, _ amount: UInt64) throws -> CreditTransaction {
        _ = try client.recover(over: card.channel)
        let htxn = HostTransaction(rawValue: 2)
        let (records, card) = (records, card)
        let channel = ChannelWithNews(card.channel, afterExchange: 3) {
            try records.setStatus(.lost, of: card.eid, because: "left in a tram", at: Timestamp(rawValue: 8))
            _ = try records.resolve(
                htxn, of: card.eid, applied: applied, by: "the supervisor", because: "a guess",
                at: Timestamp(rawValue: 9))
        }
        expect(.contradicted) { _ = try client.store(amount, over: channel) }
        return try #require(try records.transaction(htxn, of: card.eid))
    }

    private var contradictions: [CreditTransaction] {
        get throws {
            try records.auditTrail(of: card.eid).compactMap {
                if case .contradiction(let proven) = $0.event { proven } else { nil }
            }
        }
    }

    @Test func `an applied one that a person resolved as not applied is not reported as done`() throws {
        // Another amount than the one in doubt, so that it gets a number of its own.
        let known = try sellWhileResolved(applied: false, 90)
        #expect(try card.holds() == 90)
        #expect(known.state == .notApplied)
        #expect(try contradictions.map(\.state) == [.done])
        #expect(try contradictions.map(\.balance) == [Amount(rawValue: 90)])
        #expect(try records.balances(of: card.eid).map(\.amount.rawValue) == [90])
        #expect(try records.books(of: card.eid).first?.isSound == false)
        try records.verify()
    }

    @Test func `a refused one that a person resolved as applied is not reported as refused`() throws {
        let known = try sellWhileResolved(applied: true, TestCard.limit.rawValue + 1)
        #expect(try card.holds() == 0)
        #expect(known.state == .done)
        #expect(try contradictions.map(\.state) == [.refused(.overLimit)])
        try records.verify()
    }

    @Test func `an applied one that a person resolved as applied is done`() throws {
        _ = try client.recover(over: card.channel)
        let channel = ChannelWithNews(card.channel, afterExchange: 3) { [records, card] in
            try records.setStatus(.lost, of: card.eid, because: "left in a tram", at: Timestamp(rawValue: 8))
            _ = try records.resolve(
                HostTransaction(rawValue: 2), of: card.eid, applied: true, by: "the supervisor", because: "seen",
                at: Timestamp(rawValue: 9))
        }
        #expect(try client.store(90, over: channel).state == .done)
        #expect(try contradictions.isEmpty)
        try records.verify()
    }

    @Test func `an applied one whose value was spent since is still known`() throws {
        // STATUS of the first, its balance, another balance for the second, and then its STORE CREDIT.
        let again = FaultyChannel(card.channel, fault: .dropAnswer(5))
        expect(.inDoubt) { _ = try client.store(50, over: again) }
        try card.spend(20)
        let recovered = try client.recover(over: card.channel)
        #expect(recovered.map(\.state) == [.done])
        #expect(recovered.first?.balance?.rawValue == 50)
        #expect(try records.balances(of: card.eid).map(\.amount.rawValue) == [30])
        #expect(try records.books(of: card.eid).first?.spent?.rawValue == 20)
    }

    @Test func `another host's order under the number of one that was not applied is for a person`() throws {
        let other = try RecordFile.inMemory()
        _ = try client.recover(over: card.channel)
        _ = try HeadEndTests.client(other, keys).store(5, over: card.channel)
        expect(.recordsBehind) { _ = try client.store(5, over: card.channel) }
        let accepted = try client.acceptNumbers(over: card.channel)
        #expect(accepted.doubted?.state == .needsManualResolution)
        #expect(accepted.orders.isEmpty)
        _ = try records.resolve(
            open, of: card.eid, applied: false, by: "the supervisor", because: "sold elsewhere",
            at: Timestamp(rawValue: 9))
        #expect(try client.store(5, over: card.channel).state == .done)
        let books = try #require(try records.books(of: card.eid).first)
        #expect(!books.isSound)
        #expect(books.spent == nil)
        #expect(try records.transactions(of: card.eid).map(\.htxn.rawValue) == [1, 2])
        #expect(try card.holds() == 10)
        try records.verify()
    }
}

/// A channel during one of whose exchanges, counted from 0, something happens elsewhere: after the card has answered,
/// and before the answer arrives.
private final class ChannelWithNews: CardChannel {
    private let channel: any CardChannel
    private let news: () throws -> Void
    private var exchangesLeft: Int

    init(_ channel: any CardChannel, afterExchange exchange: Int, news: @escaping () throws -> Void) {
        self.channel = channel
        self.news = news
        exchangesLeft = exchange + 1
    }

    func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        let answer = try channel.transmit(command)
        exchangesLeft -= 1
        if exchangesLeft == 0 { #expect(throws: Never.self) { try news() } }
        return answer
    }
}
