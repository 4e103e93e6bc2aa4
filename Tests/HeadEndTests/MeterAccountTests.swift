import CardIOTesting
import HeadEnd
import ISO7816
import Ledger
import Meter
import Records
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// What a meter owes, and what is left of its token in use, is where the host sees it.
@Suite struct MeterAccountTests {
    private let world: ExchangeWorld

    init() throws { world = try ExchangeWorld() }

    /// Debt 2.967, load 1: value 0.00, debt 1.967.
    @Test func `a receipt tells value and debt`() throws {
        let meter = try world.meter(emergency: 3_000_000)
        try world.load(1_000_000, meter)
        _ = try meter.meter.meter.askForEmergency()
        try world.pass(minutes: 238, using: meter)
        let debt = meter.reading.debt
        #expect(debt == Amount(rawValue: 2_966_666))
        let before = try world.client.snapshot(over: meter.channel)
        #expect(before.account?.debt == debt && before.account?.supply == .emergencyCredit)
        #expect(try world.held(in: .debt(ExchangeWorld.first)) == -2_966_666)
        let result = try world.load(1_000_000, meter)
        #expect(result.account?.value == .zero)
        #expect(result.account?.debt == Amount(rawValue: 1_966_666))
        #expect(try world.records.debts(of: ExchangeWorld.first).map(\.amount) == [Amount(rawValue: 1_966_666)])
        #expect(try world.held(in: .delivered(ExchangeWorld.first)) == 3_966_666)
        try world.expectBooks()
        // Repaid, it is gone, also from the books.
        let repaid = try world.load(5_000_000, meter)
        #expect(repaid.account?.value == Amount(rawValue: 3_033_334) && repaid.account?.debt == .zero)
        #expect(try world.records.debts(of: ExchangeWorld.first).isEmpty)
        #expect(try world.held(in: .held(by: ExchangeWorld.purse)) == 3_033_334)
        try world.expectBooks()
    }

    /// At every moment of a life with tokens, power cuts, emergency credit, loads and refunds the books say what the meter
    /// does, at every kind of contact.
    @Test(arguments: 0..<4 as Range<UInt64>) func `the books follow a meter's account`(seed: UInt64) throws {
        var random = SeededNumbers(seed)
        let meter = try world.meter(emergency: 2_000_000)
        for step in 0..<60 {
            switch random.next(below: 7) {
            case 0: try world.load(UInt64(random.next(below: 30)) * 100_000 + 1, meter)
            case 1:
                _ = try world.client.refund(
                    Amount(rawValue: UInt64(random.next(below: 20)) * 50_000 + 1), for: .electricity, in: .euro,
                    over: meter.channel)
            case 2: _ = try meter.meter.meter.askForEmergency()
            case 3:
                try meter.meter.meter.powerUp()
                _ = try world.client.snapshot(over: meter.channel)
            case 4: _ = try world.client.readUse(over: meter.channel)
            case 5: _ = try world.client.balance(of: .electricity, over: meter.channel)
            default: try world.pass(minutes: random.next(below: 90), using: meter)
            }
            let snapshot = try world.client.snapshot(over: meter.channel)
            let account = try #require(snapshot.account)
            #expect(account.value == meter.reading.value && account.debt == meter.reading.debt, "\(step)")
            #expect(try world.held(in: .held(by: ExchangeWorld.purse)) == Int128(account.value.rawValue), "\(step)")
            #expect(try world.held(in: .debt(ExchangeWorld.first)) == -Int128(account.debt.rawValue), "\(step)")
        }
        try world.expectBooks()
    }

    /// An answer that is lost after the order was settled hides nothing of it, and one that is lost before is an error.
    @Test(arguments: FaultyChannel.Message.allCases)
    func `a lost account loses no outcome`(_ message: FaultyChannel.Message) throws {
        let meter = try world.meter()
        for at in 0... {
            let lossy = FaultyChannel(meter.channel, plan: FaultPlan(.loses(message, of: at)))
            let before = meter.value
            do {
                #expect(try world.load(1_000_000, meter, over: lossy).state == .done)
                // SELECT, INITIALIZE, STATUS, STORE CREDIT, ACCOUNT.
                #expect(at >= 4)
                #expect(meter.value == before + 1_000_000)
            } catch {
                #expect(at < 4, "\(error)")
                _ = try world.client.recover(over: meter.channel)
            }
            guard lossy.hasDropped else { break }
        }
        _ = try world.client.snapshot(over: meter.channel)
        try world.expectBooks()
    }

    /// The host goes on with what STATUS tells.
    @Test func `a meter of an earlier version has no account`() throws {
        let meter = try world.meter()
        let channel = WithoutAccount(meter.channel)
        let loaded = try world.load(5_000_000, meter, over: channel)
        #expect(loaded.state == .done && loaded.account == nil)
        try world.pass(minutes: 60, using: meter)
        let snapshot = try world.client.snapshot(over: channel)
        #expect(snapshot.account == nil && snapshot.clock == world.now)
        #expect(snapshot.balance == meter.reading.purse?.balance)
        let reading = try world.client.readUse(over: channel)
        #expect(reading.account == nil && reading.newRecords[.hours] ?? 0 > 0)
        try world.expectBooks()
    }
}

/// Numbers of a test's own.
private struct SeededNumbers {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next(below limit: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state >> 33) % limit
    }
}
