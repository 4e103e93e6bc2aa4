import ISO7816
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// Counters and amounts at their limits.
@Suite struct AttackNumbersTests {
    /// After 256 EXECUTEs the session has ended; the last one may still be repeated.
    @Test func `SEQ to its end`() throws {
        let victim = try Victim(World.issuedCard())
        var session = try victim.session(KeyName(.credit, 1))
        var last: [UInt8] = []
        var answer = Victim.Answer(data: [], status: .success)
        for seq in 0...255 as ClosedRange<UInt8> {
            last = try session.command(.status, AskStatus(service: .gas).request)
            #expect(last[3] == seq)
            answer = try victim.send(last)
            #expect(try session.outcome(answer).status == .done)
        }
        #expect(try victim.send(last) == answer)
        #expect(session.authority.seq == nil)
        var authority = session.authority
        #expect(throws: SessionError(.sessionExhausted, "")) {
            _ = try authority.seal([], op: .status, victim.suite)
        }
        for seq in [0, 255] as [UInt8] {
            let word = try victim.send(0x80, 0x52, 4, seq, [UInt8](repeating: 0, count: 25)).status
            #expect(word == .conditionsNotSatisfied)
        }
        #expect(try victim.send(last) == answer, "and again")
    }

    /// The last session has NT FFFFFFFF; none is opened after it.
    @Test func `NT to its end`() throws {
        var image = World.issuedCard()
        image.nt = .max - 2
        let victim = try Victim(image)
        #expect(try victim.session(KeyName(.credit, 1)).authority.identity?.nt == .max - 1)
        var session = try victim.session(KeyName(.credit, 1))
        #expect(session.authority.identity?.nt == .max)
        #expect(try session.status(StoreCredit(World.order(1))) == .done)
        for _ in 0..<2 {
            let data = [UInt8](repeating: 0, count: 24)
            #expect(try victim.send(0x80, 0x50, 1, 1, data).status == .conditionsNotSatisfied)
            try victim.card.reset()
        }
        #expect(try victim.image.nt == .max && victim.total == 1055)
    }

    /// After it no session could prove a debit whose answer was lost.
    @Test func `no DEBIT in the session of the last NT`() throws {
        for (nt, status) in [(UInt32.max - 2, BusinessStatus.done), (.max - 1, .stale)] {
            var image = World.issuedCard()
            image.nt = nt
            let victim = try Victim(image)
            var transfer = try victim.session(KeyName(.transfer, 1), key: World.kx, pid: World.gasMeter)
            #expect(transfer.authority.identity?.nt == nt + 1)
            #expect(try transfer.status(World.debit(5)) == status)
            #expect(try victim.total == (status == .done ? 1045 : 1050))
        }
    }

    /// A refused INITIALIZE does not consume an NT, an accepted one consumes one.
    @Test func `NT counts sessions`() throws {
        let victim = try Victim(World.issuedCard())
        for nt in 1...3 as ClosedRange<UInt32> {
            #expect(try victim.send(0x80, 0x50, 1, 9, [UInt8](repeating: 0, count: 24)).status != .success)
            #expect(try victim.session(KeyName(.credit, 1)).authority.identity?.nt == nt)
            try victim.card.reset()
        }
    }

    /// Eight are stored, 10 to 80 by tens: the result of every other number, equal to these and between them.
    @Test func `transaction numbers`() throws {
        func loaded() throws -> Victim {
            let victim = try Victim(World.issuedCard())
            var session = try victim.session(KeyName(.credit, 1))
            for htxn in stride(from: 0 as UInt64, through: 80, by: 10) {
                #expect(try session.status(StoreCredit(World.order(max(htxn, 5), htxn + 1))) == .done)
            }
            #expect(try victim.image.kept.map(\.htxn.rawValue) == Array(stride(from: 10, through: 80, by: 10)))
            return victim
        }
        let victim = try loaded()
        let before = try victim.image
        var session = try victim.session(KeyName(.credit, 1))
        for htxn in 0...80 as ClosedRange<UInt64> {
            let isKept = htxn >= 10 && htxn % 10 == 0
            let same = World.order(htxn, htxn + 1, time: 77)
            let none = htxn == 0
            let outcome = try session.execute(StoreCredit(same))
            #expect(outcome.status == (none ? .malformed : isKept ? .alreadyApplied : .stale), "\(htxn)")
            if isKept {
                let balance = try #require(before.purse(.gas)).balance.rawValue
                #expect(outcome.answer == bigEndian(balance) + bigEndian(htxn), "the balance is that of now")
            }
            let others = [
                World.order(htxn, htxn + 2), World.order(htxn, htxn + 1, service: .water),
                World.order(htxn, htxn + 1, currency: World.dollar), World.order(htxn, htxn + 1, service: .heat),
            ]
            for other in others {
                #expect(try session.status(StoreCredit(other)) == (none || isKept ? .malformed : .stale))
            }
            #expect(try session.status(Refund(same)) == (none || isKept ? .malformed : .stale))
            if htxn % 20 == 19 { session = try victim.session(KeyName(.credit, 1)) }
        }
        #expect(try victim.image.purses == before.purses && victim.image.kept == before.kept)
        #expect(try session.status(StoreCredit(World.order(.max, 1))) == .done)
        #expect(try session.status(StoreCredit(World.order(81, 1))) == .stale)
        #expect(try victim.image.kept.map(\.htxn.rawValue) == [20, 30, 40, 50, 60, 70, 80, .max])
    }

    /// STORE CREDIT, REFUND and CONVERT TARIFF share one sequence.
    @Test func `tariffs share the sequence`() throws {
        let victim = try Victim(World.issuedMeter())
        var credit = try victim.session(KeyName(.credit, 1))
        #expect(try credit.status(StoreCredit(World.order(5))) == .done)
        var tariff = try victim.session(KeyName(.tariff, 1))
        #expect(try tariff.status(World.tariff(5)) == .malformed)
        #expect(try tariff.status(World.tariff(4)) == .stale)
        #expect(try tariff.status(World.tariff(6, World.table(3))) == .done)
        #expect(try tariff.status(World.tariff(7, World.table(4))) == .done)
        let again = try tariff.execute(World.tariff(6, World.table(3)))
        #expect(again.status == .alreadyApplied)
        #expect(again.answer == [0, 4] + bigEndian(6), "the id of the last table taken")
        #expect(try tariff.status(World.tariff(6, World.table(4))) == .malformed)
        #expect(try tariff.status(World.tariff(8, World.table(5, currency: World.dollar))) == .wrongCurrency)
        credit = try victim.session(KeyName(.credit, 1))
        #expect(try credit.status(StoreCredit(World.order(6, 0))) == .malformed)
        #expect(try credit.status(StoreCredit(World.order(8, 0))) == .done)
    }

    /// Credits and refunds at the edges of the limit and of 64 bits.
    @Test(arguments: [10_000, UInt64.max - 1, .max])
    func `amounts`(limit: UInt64) throws {
        var image = World.issuedCard()
        image.put(
            Purse(
                service: .gas, currency: .euro, limit: Amount(rawValue: limit),
                balance: Amount(rawValue: limit - 3)))
        let victim = try Victim(image)
        var session = try victim.session(KeyName(.credit, 1))
        for amount in [4, 5, .max - limit + 3, .max - limit + 4, .max - 1, .max] as [UInt64] where amount > 3 {
            #expect(try session.status(StoreCredit(World.order(1, amount))) == .overLimit, "\(amount)")
        }
        #expect(try session.status(StoreCredit(World.order(1, 3))) == .done)
        #expect(try session.status(StoreCredit(World.order(2, 1))) == .overLimit)
        #expect(try session.status(StoreCredit(World.order(2, 0))) == .done)
        if limit < .max { #expect(try session.status(Refund(World.order(3, limit + 1))) == .notEnoughValue) }
        #expect(try session.status(Refund(World.order(3, limit))) == .done)
        for amount in [1, .max] as [UInt64] {
            #expect(try session.status(Refund(World.order(4, amount))) == .notEnoughValue)
        }
        #expect(try session.status(Refund(World.order(4, 0))) == .done)
        #expect(try session.status(StoreCredit(World.order(5, limit))) == .done)
        #expect(try victim.image.purse(.gas)?.balance == Amount(rawValue: limit))
    }

    /// Business checks have the order of the specification: 0008, 0006, 0007, 0009, 0001, 0002, 0003 or 0004.
    @Test func `order of business`() throws {
        let victim = try Victim(World.issuedCard())
        var session = try victim.session(KeyName(.credit, 1))
        #expect(try session.status(StoreCredit(World.order(9, 1))) == .done)
        let bad = World.order(10, .max, service: UtilityService(rawValue: 9), currency: World.dollar)
        #expect(try session.status(StoreCredit(bad)) == .unknownService)
        let dear = World.order(10, .max, currency: World.dollar)
        #expect(try session.status(StoreCredit(dear)) == .wrongCurrency)
        #expect(try session.status(StoreCredit(World.order(10, .max))) == .overLimit)
        let stale = World.order(8, .max, service: UtilityService(rawValue: 9), currency: World.dollar)
        #expect(try session.status(StoreCredit(stale)) == .stale)
        #expect(try session.execute(.storeCredit, stale.bytes + [0]).status == .malformed)
        #expect(try session.execute(.storeCredit, []).status == .malformed)
        var admin = try victim.session(KeyName(.admin, 1))
        #expect(try admin.status(SetState(.blocked)) == .done)
        session = try victim.session(KeyName(.credit, 1))
        #expect(try session.status(StoreCredit(bad)) == .blocked)
        #expect(try session.status(StoreCredit(stale)) == .stale)
        #expect(try session.status(StoreCredit(World.order(9, 1))) == .alreadyApplied)
        #expect(try session.status(StoreCredit(World.order(9, 2))) == .malformed)
    }
}

/// Most significant byte first.
func bigEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] { withUnsafeBytes(of: value.bigEndian, Array.init) }
