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

/// A meter is exchanged with its value, the rest of its token, and its debt; whatever is lost on the way, its value exists
/// once.
@Suite struct MeterExchangeTests {
    private let world: ExchangeWorld
    private static let (first, second) = (ExchangeWorld.first, ExchangeWorld.second)

    init() throws { world = try ExchangeWorld() }

    /// What the old meter proves with the rest of its token is the new one's at its next contact.
    @Test func `value and the rest of the token are carried`() throws {
        let (old, new) = (try world.meter(), try world.meter(Self.second))
        try world.load(10_000_000, old)
        try world.pass(minutes: 200, using: old, besides: [new])
        let left = old.value
        #expect(left == 6_666_667 && old.reading.remaining > .zero)
        let exchange = try world.exchange(over: old.channel)
        let reading = try #require(exchange.reading)
        #expect(reading.value.rawValue == left && reading.debt == .zero)
        #expect(reading.quantity == 3_333)
        #expect(reading.account?.spent == Amount(rawValue: 3_333_333))
        #expect(try world.records.finalReading(of: Self.first) == reading)
        #expect(exchange.carried.map(\.amount.rawValue) == [left] && exchange.debts.isEmpty)
        #expect(old.reading.state == .blocked && !old.reading.decision.isOn)
        #expect(try world.records.element(Self.first)?.status == .replaced(by: Self.second))
        #expect(new.value == 0)
        // Any contact carries it, once.
        for attempt in 0..<2 {
            let sent = try world.client.completePending(of: Self.second, over: new.channel)
            #expect(sent.map(\.state) == (attempt == 0 ? [.done] : []))
            #expect(new.value == left)
        }
        // Said again, it is the same exchange.
        #expect(try world.exchange(over: old.channel).reading == reading)
        #expect(try world.held(in: .held(by: PurseID(Self.second, .electricity))) == Int128(left))
        #expect(try world.load(1_000_000, new).state == .done)
        guard case .declined(.status(.replaced)) = try world.load(1_000_000, old).outcome else {
            Issue.record("an exchanged meter takes orders")
            return
        }
        try world.expectBooks()
    }

    /// No operation puts a debt into a meter: what value does not pay stays in the books under the old meter's name.
    @Test func `a debt stays by name`() throws {
        let (old, new) = (try world.meter(emergency: 2_000_000), try world.meter(Self.second))
        try world.load(1_000_000, old)
        _ = try old.meter.meter.askForEmergency()
        try world.pass(minutes: 150, using: old, besides: [new])
        let debt = old.reading.debt
        #expect(debt == Amount(rawValue: 1_500_000))
        let exchange = try world.exchange(over: old.channel)
        #expect(exchange.reading?.debt == debt && exchange.carried.isEmpty)
        #expect(exchange.debts == [MeterDebt(currency: .euro, amount: debt)])
        // The new meter's word, which knows of no debt, leaves it.
        #expect(try world.client.completePending(of: Self.second, over: new.channel).isEmpty)
        try world.load(5_000_000, new)
        _ = try world.client.snapshot(over: new.channel)
        #expect(try world.records.debts(of: Self.first) == exchange.debts)
        #expect(try world.records.debts(of: Self.second).isEmpty)
        try world.expectBooks()
    }

    /// Each message of the exchange is lost in turn, and then each of the contact that carries the value over.
    @Test(arguments: FaultyChannel.Message.allCases)
    func `whatever is lost, value exists once`(_ message: FaultyChannel.Message) throws {
        for at in 0... {
            let world = try ExchangeWorld()
            let (old, new) = (try world.meter(), try world.meter(Self.second))
            try world.load(4_000_000, old)
            try world.pass(minutes: 50, using: old, besides: [new])
            let left = old.value
            let lossy = FaultyChannel(old.channel, plan: FaultPlan(.loses(message, of: at)))
            do {
                _ = try world.exchange(over: lossy)
            } catch {
                #expect(lossy.hasDropped, "\(error)")
                // Nothing is given while it is not known what the meter holds.
                #expect(try world.client.completePending(of: Self.second, over: new.channel).isEmpty, "\(at)")
                _ = try world.exchange(over: old.channel)
            }
            let lossyToo = FaultyChannel(new.channel, plan: FaultPlan(.loses(message, of: at)))
            do {
                _ = try world.client.completePending(of: Self.second, over: lossyToo)
            } catch {
                #expect(lossyToo.hasDropped, "\(error)")
                _ = try world.client.completePending(of: Self.second, over: new.channel)
            }
            #expect(new.value == left, "\(message) \(at)")
            #expect(old.reading.state == .blocked)
            #expect(try world.records.finalReading(of: Self.first)?.value.rawValue == left, "\(message) \(at)")
            _ = try world.client.snapshot(over: new.channel)
            try world.expectBooks("\(message) \(at)")
            if !lossy.hasDropped, !lossyToo.hasDropped { break }
        }
    }

    /// An order in doubt is found out by the final reading, and what it stored is carried too.
    @Test(arguments: [FaultyChannel.Fault.dropCommand(3), .dropAnswer(3)])
    func `what is in doubt is found out first`(_ fault: FaultyChannel.Fault) throws {
        let (old, new) = (try world.meter(), try world.meter(Self.second))
        try world.load(2_000_000, old)
        #expect(throws: HostError(.inDoubt, "")) {
            try world.load(3_000_000, old, over: FaultyChannel(old.channel, fault: fault))
        }
        #expect(throws: HostError(.openTransaction, "")) {
            try world.host.exchangeUnread(Self.first, by: Self.second, carrying: .known, because: "burnt")
        }
        let left = old.value
        #expect(try world.exchange(over: old.channel).carried.map(\.amount.rawValue) == [left])
        _ = try world.client.completePending(of: Self.second, over: new.channel)
        #expect(new.value == left)
        try world.expectBooks()
    }

    /// One that cannot be read: the books' word goes by the operator's rule.
    @Test(arguments: CarryRule.allCases)
    func `a meter that cannot be read makes way too`(_ rule: CarryRule) throws {
        let (old, new) = (try world.meter(), try world.meter(Self.second))
        try world.load(6_000_000, old)
        _ = try world.client.snapshot(over: old.channel)
        let exchange = try world.host.exchangeUnread(Self.first, by: Self.second, carrying: rule, because: "burnt")
        #expect(exchange.reading == nil)
        #expect(exchange.carried.map(\.amount.rawValue) == (rule == .known ? [6_000_000] : []))
        _ = try world.client.completePending(of: Self.second, over: new.channel)
        #expect(new.value == (rule == .known ? 6_000_000 : 0))
        // It is read after all, after some use.
        try world.pass(minutes: 60, using: old, besides: [new])
        let late = try world.exchange(over: old.channel, carrying: rule)
        #expect(late.reading?.value == Amount(rawValue: 5_000_000))
        _ = try world.client.completePending(of: Self.second, over: new.channel)
        switch rule {
        case .afterReport: #expect(new.value == 5_000_000)
        case .none: #expect(try new.value == 0 && world.held(in: .held(by: ExchangeWorld.purse)) == 5_000_000)
        case .known:
            // What it used after the exchange was given twice, and is a difference by name.
            #expect(new.value == 6_000_000)
            #expect(try world.records.differences().map(\.kind) == [.drewAfterReplacement])
            #expect(try world.records.differences().map(\.amount) == [1_000_000])
        }
        #expect(try world.records.violations().isEmpty)
        try world.records.verify()
    }

    @Test func `only an issued meter of the same kind takes its place`() throws {
        let old = try world.meter()
        try world.load(1_000_000, old)
        let gas = PartyID(issuer: 0xA1B2C3, kind: .gasMeter, number: 1)
        for wrong in [Self.second, gas, Self.first] {
            #expect(throws: WorkplaceError(.wrongSuccessor, "")) {
                try world.host.workplace(over: old.channel).exchange(by: wrong, because: "worn out")
            }
        }
        let card = PartyID(issuer: 0xA1B2C3, kind: .subscriberCard, number: 1)
        #expect(throws: WorkplaceError(.notAMeter, "")) {
            try world.host.exchangeUnread(card, by: Self.second, carrying: .known, because: "lost")
        }
        #expect(throws: WorkplaceError(.unknownElement, "")) {
            try world.host.exchangeUnread(gas, by: Self.second, carrying: .known, because: "lost")
        }
        // Nothing was done to it.
        #expect(old.reading.state == .issued)
        #expect(try world.records.element(Self.first)?.status == .inUse)
    }

    // MARK: Refunds

    /// What the successor has not got is given back in the books, once, and is not sent to it then.
    @Test(arguments: [CarryRule.known, .none])
    func `what a replaced meter held can be refunded`(_ rule: CarryRule) throws {
        let (old, new) = (try world.meter(), try world.meter(Self.second))
        try world.load(6_000_000, old)
        #expect(throws: WorkplaceError(.inUse, "")) { try world.host.release(Self.first) }
        _ = try world.exchange(over: old.channel, carrying: rule)
        #expect(try world.host.releasable(of: Self.first).map(\.amount.rawValue) == [6_000_000])
        let released = try world.host.release(Self.first)
        #expect(released.last?.kind == .release && released.last?.amount == 6_000_000)
        #expect(try world.held(in: .seller) == 0)
        #expect(try world.host.release(Self.first).isEmpty)
        #expect(try world.client.completePending(of: Self.second, over: new.channel).isEmpty)
        #expect(new.value == 0)
        try world.expectBooks()
    }

    /// While it is in doubt whether the successor has it, nothing is given back; once it has it, it is refunded there.
    @Test(arguments: [FaultyChannel.Fault.dropCommand(4), .dropAnswer(4)])
    func `what is on its way is not given back as well`(_ fault: FaultyChannel.Fault) throws {
        let (old, new) = (try world.meter(), try world.meter(Self.second))
        try world.load(6_000_000, old)
        _ = try world.exchange(over: old.channel)
        // SELECT; then SELECT, INITIALIZE, STATUS, STORE CREDIT.
        #expect(throws: HostError(.inDoubt, "")) {
            try world.client.completePending(of: Self.second, over: FaultyChannel(new.channel, fault: fault))
        }
        #expect(try world.host.release(Self.first).isEmpty)
        let isStored = fault == .dropAnswer(4)
        _ = try world.client.recover(over: new.channel)
        #expect(try world.host.releasable(of: Self.first).isEmpty == isStored)
        if isStored {
            _ = try world.client.refund(Amount(rawValue: 6_000_000), for: .electricity, in: .euro, over: new.channel)
        } else {
            #expect(try world.host.release(Self.first).count == 1)
        }
        #expect(try world.client.completePending(of: Self.second, over: new.channel).isEmpty)
        #expect(try new.value == 0 && world.held(in: .seller) == 0)
        try world.expectBooks()
    }
}
