import CardCrypto
import TestSupport
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// Debt that the host adds and remits, and that credits repay (protocol §10).
@Suite struct DebtTests {
    private func rules(share: UInt8?, at effective: UInt32 = 0) throws -> SupplyRules {
        try SupplyRules(
            id: 4, effective: Timestamp(rawValue: effective), currency: .euro,
            sources: [SupplyRules.Source(channel: 0, price: Amount(rawValue: 77))], debtShare: share)
    }

    private func meter(
        owing debt: UInt64, holding balance: UInt64 = 0, limit: UInt64 = .max, inForce: ChargeSystem? = nil,
        ahead: [ChargeSystem] = []
    ) throws -> Victim {
        var image = World.issuedMeter(owing: debt)
        image.put(Purse(.gas, holds: balance, limit: limit))
        image.charges = ChargeList(
            inForce: inForce.map { StoredChargeSystem($0, time: Timestamp(rawValue: 0)) },
            ahead: ahead.map { StoredChargeSystem($0, time: Timestamp(rawValue: 0)) })
        return try Victim(image)
    }

    private func state(_ victim: Victim) throws -> [UInt64] {
        let image = try victim.image
        return [image.balance(of: .gas), image.debt.owed.rawValue]
    }

    /// Credit, percent (nil: nothing in force), debt before; balance and debt after.
    @Test(
        arguments: [
            (10, nil, 4, [6, 0]), (10, nil, 40, [0, 30]), (10, 0, 4, [10, 4]), (10, 25, 4, [8, 2]), (7, 50, 9, [4, 6]),
            (99, 1, 5, [99, 5]), (199, 1, 5, [198, 4]), (.max, 100, 5, [.max - 5, 0]),
            (.max, 50, .max, [1 << 63, 1 << 63]),
            (0, 100, 5, [0, 5]), (3, 33, 5, [3, 5]), (100, 33, 5, [95, 0]),
        ] as [(UInt64, UInt8?, UInt64, [UInt64])])
    func `a share of a credit repays debt`(
        credit: UInt64, percent: UInt8?, debt: UInt64, expected: [UInt64]
    ) throws {
        let victim = try meter(owing: debt, inForce: try percent.map { .rules(try rules(share: $0)) })
        var session = try victim.session(KeyName(.credit, 1))
        let outcome = try session.execute(StoreCredit(World.order(1, credit)))
        #expect(outcome.status == .done && outcome.answer == bigEndian(expected[0]) + bigEndian(1 as UInt64))
        #expect(try state(victim) == expected)
        #expect(try victim.image.debt.repaid.rawValue == debt - expected[1])
        #expect(try victim.image.kept.last?.balance.rawValue == expected[0])
        // Sent again it repays nothing.
        #expect(try session.execute(StoreCredit(World.order(1, credit))).status == .alreadyApplied)
        #expect(try state(victim) == expected)
    }

    @Test func `the share is that of what has come into force`() throws {
        let victim = try meter(
            owing: 100, inForce: .rules(try rules(share: 10)), ahead: [.rules(try rules(share: nil, at: 1001))])
        var session = try victim.session(KeyName(.credit, 1))
        #expect(try session.status(StoreCredit(World.order(1, 10))) == .done)
        #expect(try state(victim) == [9, 99])
        victim.clock.set(to: Timestamp(rawValue: 1001))
        #expect(try session.status(StoreCredit(World.order(2, 10))) == .done)
        #expect(try state(victim) == [9, 89])
        let table = try meter(owing: 100, inForce: .table(World.table(), effective: Timestamp(rawValue: 0)))
        session = try table.session(KeyName(.credit, 1))
        #expect(try session.status(StoreCredit(World.order(1, 10))) == .done)
        #expect(try state(table) == [0, 90])
    }

    @Test func `the limit is of the balance after`() throws {
        let victim = try meter(owing: 50, holding: 90, limit: 100, inForce: .rules(try rules(share: 50)))
        var session = try victim.session(KeyName(.credit, 1))
        #expect(try session.status(StoreCredit(World.order(1, 21))) == .overLimit)
        #expect(try state(victim) == [90, 50] && victim.image.kept.isEmpty)
        #expect(try session.status(StoreCredit(World.order(1, 20))) == .done)
        #expect(try state(victim) == [100, 40])
    }

    /// The most that a meter asks a card for is the most that its purse takes: a micro-unit more is over the limit.
    @Test func `the greatest credit is exact`() throws {
        var numbers = SeededGenerator(seed: 3)
        func amount() -> UInt64 {
            let wide = UInt64.random(in: 0 ... .max, using: &numbers)
            return wide >> UInt64.random(in: 0..<64, using: &numbers)
        }
        for _ in 0..<2000 {
            let share = UInt8.random(in: 0...100, using: &numbers)
            let limit = amount()
            var image = World.issuedMeter(owing: amount())
            image.put(Purse(.gas, holds: UInt64.random(in: 0...limit, using: &numbers), limit: limit))
            let system = StoredChargeSystem(.rules(try rules(share: share)), time: Timestamp(rawValue: 0))
            image.charges = ChargeList(inForce: system, ahead: [])
            let now = Timestamp(rawValue: 9)
            let greatest = image.greatestCredit(to: .gas, at: now)
            var credited = image
            let isCredited = credited.credit(greatest, to: .gas, at: now)
            #expect(isCredited)
            let sum = { (image: ElementImage) in
                Int128(image.balance(of: .gas)) - Int128(image.debt.owed.rawValue)
            }
            #expect(sum(credited) == sum(image) + Int128(greatest.rawValue))
            guard let more = greatest.adding(Amount(rawValue: 1)) else { continue }
            var refused = image
            let isOver = !refused.credit(more, to: .gas, at: now)
            #expect(isOver)
            #expect(refused.debt == image.debt && refused.purses == image.purses)
        }
    }

    @Test func `debt is added up to 64 bits and remitted down to nothing`() throws {
        let victim = try meter(owing: .max - 3)
        var session = try victim.session(KeyName(.credit, 1))
        #expect(try session.status(AddDebt(World.order(1, 4))) == .overLimit)
        #expect(try session.status(AddDebt(World.order(1, .max))) == .overLimit)
        let added = try session.execute(AddDebt(World.order(1, 3)))
        #expect(added.answer == bigEndian(UInt64.max) + bigEndian(1 as UInt64))
        #expect(try session.status(AddDebt(World.order(2, 0))) == .done)
        #expect(try session.status(AddDebt(World.order(3, 1))) == .overLimit)
        let remitted = try session.execute(RemitDebt(World.order(3, .max)))
        #expect(remitted.answer == bigEndian(0 as UInt64) + bigEndian(3 as UInt64))
        #expect(try session.status(RemitDebt(World.order(4, 1))) == .notEnoughValue)
        #expect(try session.status(RemitDebt(World.order(4, 0))) == .done)
        #expect(try victim.image.debt.owed == .zero)
    }

    /// Both are of one sequence with the others; what is kept is compared with op, service, currency and amount.
    @Test func `one sequence of numbers`() throws {
        let victim = try meter(owing: 10)
        var session = try victim.session(KeyName(.credit, 1))
        #expect(try session.status(AddDebt(World.order(5, 5))) == .done)
        #expect(try session.status(RemitDebt(World.order(5, 5))) == .malformed)
        #expect(try session.status(StoreCredit(World.order(5, 5))) == .malformed)
        #expect(try session.status(AddDebt(World.order(5, 6))) == .malformed)
        #expect(try session.status(AddDebt(World.order(5, 5, currency: World.dollar))) == .malformed)
        #expect(try session.status(AddDebt(World.order(5, 5, time: 77))) == .alreadyApplied)
        #expect(try session.status(RemitDebt(World.order(4, 5))) == .stale)
        #expect(try session.status(RemitDebt(World.order(6, 15))) == .done)
        let status = try session.execute(AskStatus(htxn: HostTransaction(rawValue: 5), service: .gas))
        #expect(status.answer.suffix(17) == [1] + bigEndian(5 as UInt64) + bigEndian(15 as UInt64), "the debt after")
        let again = try session.execute(AddDebt(World.order(5, 5)))
        #expect(again.answer == bigEndian(0 as UInt64) + bigEndian(5 as UInt64), "the debt of now")
    }

    @Test func `order of business`() throws {
        let victim = try meter(owing: 10)
        var session = try victim.session(KeyName(.credit, 1))
        #expect(try session.status(AddDebt(World.order(9, 1))) == .done)
        let water = World.order(10, .max, service: .water, currency: World.dollar)
        let dollars = World.order(10, .max, currency: World.dollar)
        for op in [OperationCode.addDebt, .remitDebt] {
            #expect(try session.execute(op, water.bytes).status == .unknownService)
            #expect(try session.execute(op, dollars.bytes).status == .wrongCurrency)
            let stale = World.order(8, .max, service: .water, currency: World.dollar)
            #expect(try session.execute(op, stale.bytes).status == .stale)
            #expect(try session.execute(op, stale.bytes + [0]).status == .malformed)
            #expect(try session.execute(op, World.order(0, 1).bytes).status == .malformed)
        }
        var admin = try victim.session(KeyName(.admin, 1))
        #expect(try admin.status(SetState(.blocked)) == .done)
        session = try victim.session(KeyName(.credit, 1))
        #expect(try session.execute(.addDebt, water.bytes).status == .blocked)
        #expect(try session.status(AddDebt(World.order(8, 1))) == .stale)
        #expect(try session.status(AddDebt(World.order(9, 1))) == .alreadyApplied)
        // A meter that has no purse yet, and elements that are no meters.
        var blank = World.issuedMeter()
        blank.purses = []
        var none = try Victim(blank).session(KeyName(.credit, 1))
        #expect(try none.status(AddDebt(World.order(1, 1))) == .unknownService)
        var card = try Victim(World.issuedCard()).session(KeyName(.credit, 1))
        #expect(try card.status(AddDebt(World.order(1, 1))) == .malformed)
    }

    /// Any orders: credits − refunds + debt − (added − remitted) = balance, and the totals tell the same.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `the account adds up`(seed: UInt64) throws {
        var numbers = SeededGenerator(seed: seed)
        let victim = try meter(
            owing: 0, limit: 5_000, inForce: .rules(try rules(share: UInt8.random(in: 0...100, using: &numbers))))
        var session = try victim.session(KeyName(.credit, 1))
        var (credits, refunds, added, remitted) = (0, 0, 0, 0) as (Int, Int, Int, Int)
        for htxn in 1...200 as ClosedRange<UInt64> {
            let amount = UInt64.random(in: 0...1_000, using: &numbers)
            let op = [OperationCode.storeCredit, .storeCredit, .refund, .addDebt, .remitDebt]
                .randomElement(using: &numbers)!
            let status = try session.execute(op, World.order(htxn, amount).bytes).status
            if status == .done {
                switch op {
                case .storeCredit: credits += Int(amount)
                case .refund: refunds += Int(amount)
                case .addDebt: added += Int(amount)
                default: remitted += Int(amount)
                }
            }
            let image = try victim.image
            let debt = Int(image.debt.owed.rawValue)
            #expect(credits - refunds + debt - (added - remitted) == Int(image.balance(of: .gas)), "order \(htxn)")
            #expect(debt == added - remitted - Int(image.debt.repaid.rawValue))
            #expect(Int(image.debt.added.rawValue) == added && Int(image.debt.remitted.rawValue) == remitted)
            if htxn % 50 == 0 {
                try victim.card.reset()
                session = try victim.session(KeyName(.credit, 1))
            }
        }
        #expect(credits > 0 && added > 0)
    }
}
