import CardIOTesting
import HeadEnd
import ISO7816
import Records
import RecordsSQLite
import TestSupport
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// Every message lost, a crash at every possible point, and a power cut at every write of the card: in all cases an
/// order is done once, and the records finally know it.
@Suite("Nothing is lost or doubled")
struct EveryLossTests {
    static let bought: UInt64 = 20_000_000
    static let ordered: UInt64 = 6_000_000
    static let exchanges = 4
    static let writes = 4

    let keys: HostKeys
    let folder: TemporaryFolder
    let card: TestCard

    init() throws {
        keys = try testKeys()
        folder = try TemporaryFolder(isInMemory: true)
        card = try TestCard(keys: keys)
        let records = try RecordFile.create(at: folder.recordFile, auditKey: keys.auditKey)
        _ = try client(records, keys).store(Self.bought, over: card.channel)
        try records.close()
    }

    private func order(
        _ kind: CreditTransaction.Kind, _ client: ElementClient, over channel: any CardChannel,
        reference: String? = "order"
    ) throws(HostError) -> CreditResult {
        kind == .storeCredit
            ? try client.store(Self.ordered, over: channel, reference: reference)
            : try client.takeOff(Self.ordered, over: channel, reference: reference)
    }

    private func expected(_ kind: CreditTransaction.Kind, _ times: UInt64 = 1) -> UInt64 {
        kind == .storeCredit ? Self.bought + times * Self.ordered : Self.bought - times * Self.ordered
    }

    /// The final books: what was sold is on the card.
    private func expectBooks(_ records: RecordFile, hold: UInt64, _ comment: Comment) throws {
        #expect(try card.holds() == hold, comment)
        let books = try #require(try records.books(of: card.eid).first)
        #expect(books.stored.rawValue - books.refunded.rawValue == hold, comment)
        #expect(books.unsettled == .zero && books.spent == .zero, comment)
        #expect(try records.unsettled().isEmpty, comment)
        try records.verify()
    }

    @Test func `an order takes so many exchanges and writes`() throws {
        let process = DyingProcess(nil)
        let records = try folder.records(keys, dyingAt: process)
        let channel = FaultyChannel(card.channel)
        _ = try order(.storeCredit, client(records, keys), over: channel)
        #expect(channel.exchanges == Self.exchanges)
        #expect(process.writes == Self.writes)
    }

    @Test(arguments: [CreditTransaction.Kind.storeCredit, .refund], DyingProcess.Moment.all(writes: writes))
    func `a repeated order is done once`(_ kind: CreditTransaction.Kind, _ moment: DyingProcess.Moment?) throws {
        var hold = Self.bought
        for (index, fault) in ([.none] + FaultyChannel.everyFault(exchanges: Self.exchanges)).enumerated() {
            let comment: Comment = "\(kind), \(fault), \(String(describing: moment))"
            let channel = FaultyChannel(card.channel, fault: fault, staysDown: index % 2 == 0)
            let tries = try repeatUntilDone(kind, "order \(index)", over: channel, dyingAt: moment)
            #expect(tries <= 3, comment)
            hold = kind == .storeCredit ? hold + Self.ordered : hold - min(hold, Self.ordered)
            if kind == .refund { hold = try topUp(hold) }
            let records = try RecordFile.open(at: folder.recordFile, auditKey: keys.auditKey)
            try expectBooks(records, hold: hold, comment)
            try records.close()
        }
    }

    /// Repeats an order, each time as a new process, until it is done; the first process may crash.
    private func repeatUntilDone(
        _ kind: CreditTransaction.Kind, _ reference: String, over channel: FaultyChannel,
        dyingAt moment: DyingProcess.Moment?
    ) throws -> Int {
        for attempt in 1...6 {
            let records = try folder.records(keys, dyingAt: DyingProcess(attempt == 1 ? moment : nil))
            let client = try client(records, keys)
            let result = Result { () throws(HostError) in
                try order(kind, client, over: channel, reference: reference)
            }
            try records.close()
            if case .success(let result) = result {
                #expect(result.state == .done)
                return attempt
            }
            channel.restore()
            try card.channel.reset()
        }
        return .max
    }

    /// Keeps enough on the card for a refund.
    private func topUp(_ hold: UInt64) throws -> UInt64 {
        let records = try RecordFile.open(at: folder.recordFile, auditKey: keys.auditKey)
        _ = try client(records, keys).store(Self.ordered, over: card.channel)
        try records.close()
        return hold + Self.ordered
    }

    @Test(
        arguments: [CreditTransaction.Kind.storeCredit, .refund], FaultyChannel.everyFault(exchanges: exchanges))
    func `what is bought is on the card or known as not applied`(
        _ kind: CreditTransaction.Kind, _ fault: FaultyChannel.Fault
    ) throws {
        let records = try RecordFile.open(at: folder.recordFile, auditKey: keys.auditKey)
        let client = try client(records, keys)
        let channel = FaultyChannel(card.channel, fault: fault)
        #expect(throws: HostError.self) { try order(kind, client, over: channel, reference: nil) }
        let recovered = try client.recover(over: channel)
        #expect(try client.recover(over: channel).isEmpty)
        let htxn = HostTransaction(rawValue: 2)
        switch fault {
        case .dropAnswer(3):
            #expect(recovered.map(\.state) == [.done])
            try expectBooks(records, hold: expected(kind), "\(fault)")
            return
        case .dropCommand(3):
            #expect(recovered.map(\.state) == [.notApplied])
            try expectBooks(records, hold: Self.bought, "\(fault)")
            let again = try client.retry(htxn, of: card.eid, over: channel)
            #expect(again.state == .done)
            #expect(try client.retry(htxn, of: card.eid, over: channel).outcome == again.outcome)
            try expectBooks(records, hold: expected(kind), "\(fault)")
        default:
            #expect(recovered.isEmpty)
            #expect(try records.transaction(htxn, of: card.eid) == nil)
            try expectBooks(records, hold: Self.bought, "\(fault)")
        }
    }

    @Test(arguments: [CreditTransaction.Kind.storeCredit, .refund], FailureSwitch.Portion.allCases)
    func `the card's power goes at every one of its writes`(
        _ kind: CreditTransaction.Kind, _ portion: FailureSwitch.Portion
    ) throws {
        let records = try RecordFile.open(at: folder.recordFile, auditKey: keys.auditKey)
        let client = try client(records, keys)
        var hold = Self.bought
        // NT is written at INITIALIZE, and purse and transaction at EXECUTE: two writes; the third is never reached.
        for write in 1...3 {
            card.power.cutPower(atWrite: write, keeping: portion)
            let channel = FaultyChannel(card.channel)
            let first = Result { () throws(HostError) in
                try order(kind, client, over: channel, reference: "order \(write)")
            }
            #expect(first.isFailure == (write < 3), "write \(write)")
            card.power.restorePower()
            try card.channel.reset()
            #expect(try order(kind, client, over: channel, reference: "order \(write)").state == .done)
            hold = kind == .storeCredit ? hold + Self.ordered : hold - Self.ordered
            try expectBooks(records, hold: hold, "write \(write), \(portion)")
        }
    }

    @Test(
        arguments: [CreditTransaction.Kind.storeCredit, .refund], FaultyChannel.everyFault(exchanges: exchanges))
    func `an order without a name that is repeated as it was is done once`(
        _ kind: CreditTransaction.Kind, _ fault: FaultyChannel.Fault
    ) throws {
        let records = try RecordFile.open(at: folder.recordFile, auditKey: keys.auditKey)
        let client = try client(records, keys)
        let channel = FaultyChannel(card.channel, fault: fault)
        #expect(throws: HostError.self) { try order(kind, client, over: channel, reference: nil) }
        #expect(try order(kind, client, over: channel, reference: nil).state == .done)
        try expectBooks(records, hold: expected(kind), "\(fault)")
        // Once it is known as done, the next order is a new one.
        #expect(try order(kind, client, over: channel, reference: nil).state == .done)
        try expectBooks(records, hold: expected(kind, 2), "\(fault)")
    }

    /// Also where the card is pulled once STATUS has found the order.
    @Test(
        arguments: [CreditTransaction.Kind.storeCredit, .refund], FaultyChannel.everyFault(exchanges: exchanges))
    func `an order without a name whose repetition fails too is done once`(
        _ kind: CreditTransaction.Kind, _ fault: FaultyChannel.Fault
    ) throws {
        let records = try RecordFile.open(at: folder.recordFile, auditKey: keys.auditKey)
        let client = try client(records, keys)
        let first = FaultyChannel(card.channel, fault: .dropAnswer(3))
        #expect(throws: HostError(.inDoubt, "")) { try order(kind, client, over: first, reference: nil) }
        let second = FaultyChannel(card.channel, fault: fault)
        let repeated = Result { () throws(HostError) in try order(kind, client, over: second, reference: nil) }
        if repeated.isFailure { #expect(try order(kind, client, over: card.channel, reference: nil).state == .done) }
        try expectBooks(records, hold: expected(kind), "\(fault)")
    }

    @Test(arguments: [CreditTransaction.Kind.storeCredit, .refund])
    func `two losses one after another, every pair`(_ kind: CreditTransaction.Kind) throws {
        var hold = Self.bought
        let records = try RecordFile.open(at: folder.recordFile, auditKey: keys.auditKey)
        let client = try client(records, keys)
        func move(over channel: any CardChannel, _ reference: String) throws(HostError) -> CreditResult {
            kind == .storeCredit
                ? try client.store(1000, over: channel, reference: reference)
                : try client.takeOff(1000, over: channel, reference: reference)
        }
        // After a loss the next contact recovers and, if necessary, sends again: up to six exchanges.
        let second = FaultyChannel.everyFault(exchanges: 6)
        for (a, first) in FaultyChannel.everyFault(exchanges: Self.exchanges).enumerated() {
            for (b, fault) in second.enumerated() {
                let reference = "pair \(a) \(b)"
                for channel in [FaultyChannel(card.channel, fault: first), FaultyChannel(card.channel, fault: fault)] {
                    do { _ = try move(over: channel, reference) } catch {
                        #expect(
                            [.noSession, .inDoubt, .stillInDoubt].contains(error.code),
                            "\(first), then \(fault): \(error)")
                    }
                }
                #expect(try move(over: card.channel, reference).state == .done)
                hold = kind == .storeCredit ? hold + 1000 : hold - 1000
                #expect(try card.holds() == hold, "\(first), then \(fault)")
            }
        }
        try expectBooks(records, hold: hold, "pairs")
    }
}

extension Result {
    fileprivate var isFailure: Bool {
        if case .failure = self { true } else { false }
    }
}
