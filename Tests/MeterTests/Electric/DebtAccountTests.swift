import CardCrypto
import Meter
import Metrology
import TestSupport
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// Debt in the meter's element: lent by the meter, added, remitted and repaid by the host, in one account.
@Suite struct DebtAccountTests {
    private static let key = Secret(copying: (0..<16).map { UInt8($0) })

    /// A kWh for 1.00, tokens of 0.10; friendly credit at night, so that use without value is frequent.
    private static func configuration() throws -> ElectricConfiguration {
        let night = try #require(FriendlyCredit.Window(days: FriendlyCredit.Window.everyDay, from: 1080, to: 480))
        return ElectricConfiguration(
            price: Amount(rawValue: 1_000_000),
            rules: CreditRules(
                token: Amount(rawValue: 100_000), emergency: Amount(rawValue: 500_000),
                friendly: FriendlyCredit(windows: [night])))
    }

    private static func world(
        value: UInt64 = 0, share: UInt8? = nil, from time: UInt32 = ElectricWorld.monday
    ) throws -> ElectricWorld {
        var image = ElementImage(
            issued: ElectricWorld.meterID,
            keys: [.credit, .usage, .admin].map { StoredKey(name: KeyName($0, 1), key: key) },
            purses: [Purse(.electricity, holds: value, limit: 1 << 50)])
        if let share {
            let rules = try SupplyRules(
                id: 3, effective: Timestamp(rawValue: 1), currency: .euro,
                sources: [SupplyRules.Source(channel: 0, price: Amount(rawValue: 1_000_000))], debtShare: share)
            image.charges = ChargeList(
                inForce: StoredChargeSystem(.rules(rules), time: Timestamp(rawValue: 1)), ahead: [])
        }
        return try ElectricWorld(image, try configuration(), transportKey: key, from: time)
    }

    /// An order of the host, and its status.
    private func order(_ op: OperationCode, _ amount: UInt64, htxn: UInt64, _ world: ElectricWorld) throws -> UInt16 {
        var host = try HostSession(world.meter, ElectricWorld.meterID, KeyName(.credit, 1), key: Self.key)
        let order = CreditOrder(
            htxn: HostTransaction(rawValue: htxn), service: .electricity, currency: .euro,
            amount: Amount(rawValue: amount), time: Timestamp(rawValue: world.time))
        let c4 = try host.execute(op, order.bytes)
        return UInt16(c4[0]) << 8 | UInt16(c4[1])
    }

    private func account(_ world: ElectricWorld) throws -> MeterAccount {
        var host = try HostSession(world.meter, ElectricWorld.meterID, KeyName(.usage, 1), key: Self.key)
        let c4 = try host.execute(.account, AskAccount(service: .electricity).request)
        let result = try OperationResult(AskAccount.self, c4: c4)
        return try #require(result.answer)
    }

    @Test func `what was lent is told, added to and repaid at once`() throws {
        let world = try Self.world(from: ElectricWorld.monday + 23 * 3600)
        try world.meter.count([Energy(microjoules: 3_600_000_000_000 / 4)])
        #expect(try account(world).debt.rawValue == 250_000)
        #expect(try order(.addDebt, 1_000_000, htxn: 1, world) == 0)
        try world.meter.count([Energy(microjoules: 3_600_000_000_000 / 4)])
        #expect(try account(world).debt.rawValue == 1_500_000)
        #expect(try order(.remitDebt, 1_500_001, htxn: 2, world) == 4)
        #expect(try order(.remitDebt, 300_000, htxn: 2, world) == 0)
        #expect(try order(.storeCredit, 1_000_000, htxn: 3, world) == 0)
        let after = try account(world)
        #expect(after.debt.rawValue == 200_000 && after.balance == .zero && after.spent.rawValue == 500_000)
        #expect(try order(.storeCredit, 300_000, htxn: 4, world) == 0)
        #expect(try account(world).balance.rawValue == 100_000 && world.meter.reading.debt == .zero)
        #expect(world.meter.events().filter { $0.code == .debtRepaid }.map(\.value) == [1_000_000, 200_000])
        #expect(try world.image.debt.owed == .zero && world.image.debt.repaid.rawValue == 1_200_000)
    }

    /// With a share below 100 % there is value beside a debt, and supply.
    @Test func `a share leaves value beside the debt`() throws {
        let world = try Self.world(share: 25, from: ElectricWorld.monday + 12 * 3600)
        #expect(try order(.addDebt, 10_000_000, htxn: 1, world) == 0)
        #expect(!world.relay.isClosed)
        #expect(try order(.storeCredit, 2_000_003, htxn: 2, world) == 0)
        #expect(world.relay.isClosed && world.meter.decision.reason == .value)
        #expect(world.meter.reading.debt.rawValue == 9_500_000 && world.meter.reading.value.rawValue == 1_500_003)
        for _ in 0..<30 { try world.minute(watts: 1_000) }
        #expect(world.meter.reading.debt.rawValue == 9_500_000 && world.meter.reading.value.rawValue == 1_000_003)
        #expect(world.meter.reading.drawn.rawValue == 500_000 + 500_000 + world.meter.reading.remaining.rawValue)
    }

    /// The account's sentence (protocol §10) after everything that a host and a household do, with power that fails at
    /// any write: credits − refunds + paid + debt − (added − remitted) = balance + in use + spent + forfeited.
    @Test(arguments: 0..<10 as Range<UInt64>)
    func `the account adds up through any life`(seed: UInt64) throws {
        var numbers = SeededGenerator(seed: seed)
        let share = [nil, 0, 25, 60, 100].randomElement(using: &numbers)! as UInt8?
        let world = try Self.world(value: 300_000, share: share, from: ElectricWorld.monday + 15 * 3600)
        var (credits, refunds, added, remitted) = (300_000, 0, 0, 0) as (Int128, Int128, Int128, Int128)
        var htxn: UInt64 = 0
        var cuts = 0
        func check(_ label: Comment) throws {
            let now = try account(world)
            let debt = Int128(now.debt.rawValue)
            let sum = Int128(now.balance.rawValue) + Int128(now.inUse.rawValue) + Int128(now.spent.rawValue)
            #expect(credits - refunds + debt - (added - remitted) == sum + Int128(now.forfeited.rawValue), label)
            let reading = world.meter.reading
            #expect(Int128(reading.debtAdded.rawValue) == added && Int128(reading.debtRemitted.rawValue) == remitted)
            #expect(
                Int128(reading.drawn.rawValue) + debt - (added - remitted)
                    == Int128(reading.spent.rawValue) + Int128(reading.remaining.rawValue)
                    + Int128(reading.forfeited.rawValue), label)
        }
        for step in 0..<250 {
            if Int.random(in: 0..<4, using: &numbers) == 0 {
                let write = Int.random(in: 1...4, using: &numbers)
                world.power.cutPower(
                    atWrite: write, keeping: FailureSwitch.Portion.allCases.randomElement(using: &numbers)!)
            }
            // An order goes on with its number until the host knows its outcome.
            let (op, amount): (OperationCode?, UInt64) =
                switch Int.random(in: 0..<10, using: &numbers) {
                case 0: (.storeCredit, UInt64.random(in: 0...800_000, using: &numbers))
                case 1: (.refund, UInt64.random(in: 0...200_000, using: &numbers))
                case 2: (.addDebt, UInt64.random(in: 0...400_000, using: &numbers))
                case 3: (.remitDebt, UInt64.random(in: 0...200_000, using: &numbers))
                default: (nil, 0)
                }
            if op != nil { htxn += 1 }
            while true {
                do {
                    if let op {
                        let status = try order(op, amount, htxn: htxn, world)
                        if status == 0 || status == 6 {
                            switch op {
                            case .storeCredit: credits += Int128(amount)
                            case .refund: refunds += Int128(amount)
                            case .addDebt: added += Int128(amount)
                            default: remitted += Int128(amount)
                            }
                        }
                    } else if Int.random(in: 0..<8, using: &numbers) == 0 {
                        _ = try world.meter.askForEmergency()
                    } else {
                        for _ in 0..<Int.random(in: 1...15, using: &numbers) { try world.minute(watts: 1_500) }
                    }
                    break
                } catch {
                    #expect(world.power.isOff, "\(error)")
                    cuts += 1
                    try world.powerUp()
                }
            }
            world.power.restorePower()
            try check("step \(step), \(op.map { "\($0)" } ?? "use")")
        }
        #expect(cuts > 5 && added > 0 && credits > 300_000)
    }

    /// A meter of an earlier version kept the debt in its registers, and repaid it out of the purse.
    @Test(arguments: [0, 400_000, 2_000_000] as [UInt64])
    func `an earlier version's debt moves to the element`(balance: UInt64) throws {
        let world = try Self.world(value: balance)
        try world.meter.lastGasp()
        let name = RecordName(0x0301)
        let record = try #require(try world.memory.load()[name])
        try world.memory.commit([RecordChange(name, OlderRegisters.version6(record, owing: 1_000_000))])
        for _ in 0..<2 {
            try world.powerUp()
            let repaid = min(balance, 1_000_000)
            #expect(world.meter.reading.debt.rawValue == 1_000_000 - repaid)
            #expect(try world.image.debt.owed.rawValue == 1_000_000 - repaid)
            #expect(try world.image.balance(of: .electricity) == balance - repaid)
            #expect(try account(world).debt.rawValue == 1_000_000 - repaid)
            let reading = world.meter.reading
            #expect(reading.drawn.rawValue == repaid)
        }
        #expect(world.meter.events().filter { $0.code == .debtRepaid }.count == (balance > 0 ? 1 : 0))
    }

    @Test func `a table that came into force stays so when the clock is set back`() throws {
        var image = ElementImage(
            issued: ElectricWorld.meterID,
            keys: [.credit, .usage, .admin].map { StoredKey(name: KeyName($0, 1), key: Self.key) },
            purses: [Purse(.electricity, holds: 5_000_000, limit: 1 << 50)])
        let table = try #require(TariffTable(id: 8, price: Amount(rawValue: 2_000_000), currency: .euro))
        let start = ElectricWorld.monday
        image.charges = ChargeList(
            inForce: nil,
            ahead: [
                StoredChargeSystem(
                    .table(table, effective: Timestamp(rawValue: start + 3600)), time: Timestamp(rawValue: 1))
            ])
        let world = try ElectricWorld(image, try Self.configuration(), transportKey: Self.key, from: start)
        try world.meter.tick()
        #expect(world.meter.reading.price.rawValue == 1_000_000)
        world.time = start + 3600
        try world.meter.tick()
        #expect(world.meter.reading.price.rawValue == 2_000_000)
        // The crystal goes back, and nobody has set the clock.
        world.time = start
        try world.powerUp()
        try world.meter.tick()
        #expect(world.meter.reading.price.rawValue == 2_000_000)
        #expect(try account(world).tableInForce == 8)
    }
}
