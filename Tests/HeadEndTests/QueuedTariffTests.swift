import CardIOTesting
import HeadEnd
import ISO7816
import Meter
import Records
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// A meter holds four tables for later: the host knows which, and sends the next one in time by itself.
@Suite struct QueuedTariffTests {
    private let world: ExchangeWorld
    private let meter: ExchangeWorld.IssuedMeter

    init() throws {
        world = try ExchangeWorld()
        meter = try world.meter()
    }

    private func table(_ id: UInt16) throws -> TariffTable {
        try #require(TariffTable(id: id, price: Amount(rawValue: UInt64(id) * 100_000), currency: .euro))
    }

    private func day(_ number: UInt32) -> Timestamp {
        Timestamp(rawValue: TestElectricMeter.monday + number * 86_400)
    }

    @discardableResult
    private func order(
        _ id: UInt16, from day: UInt32, reference: String? = nil, replacing: Bool = false,
        over channel: (any CardChannel)? = nil
    ) throws -> CreditResult {
        try world.client.convertTariff(
            to: try table(id), effective: self.day(day), over: channel ?? meter.channel, reference: reference,
            replacingAhead: replacing)
    }

    private func contact(over channel: (any CardChannel)? = nil) throws -> [CreditResult] {
        try world.client.completePending(of: ExchangeWorld.first, over: channel ?? meter.channel)
    }

    private var price: UInt64 { meter.reading.price.rawValue }

    /// Of 10, 20, 30 and 40 days from now, as many as a meter keeps.
    private func fill() throws {
        for number in 1...4 as ClosedRange<UInt16> {
            #expect(try order(number, from: UInt32(number) * 10).state == .done)
        }
    }

    private var held: [UInt16] {
        get throws {
            try world.records.tariffsAhead(of: ExchangeWorld.first, at: world.now).compactMap { $0.tariff?.table.id }
        }
    }

    private var waiting: [UInt16] {
        get throws { try world.records.queuedTariffs(of: ExchangeWorld.first).map(\.table.id) }
    }

    @Test(arguments: [nil, "T"]) func `five tables for later count in turn`(reference: String?) throws {
        try fill()
        for _ in 0..<2 {
            // Said again, it is the same order.
            guard case .queued(let queued) = try order(10, from: 200, reference: reference).outcome else {
                Issue.record("the fifth table was sent")
                return
            }
            #expect(queued.table.id == 10)
        }
        #expect(try held == [1, 2, 3, 4] && waiting == [10])
        #expect(try contact().isEmpty)
        try world.pass(days: 11, [meter])
        #expect(price == 100_000)
        #expect(try contact().map(\.state) == [.done])
        #expect(price == 100_000)
        #expect(try contact().isEmpty)
        #expect(try held == [2, 3, 4, 10] && waiting.isEmpty)
        try world.pass(days: 30, [meter])
        #expect(price == 400_000)
        try world.pass(days: 170, [meter])
        #expect(price == 1_000_000)
        if reference != nil { #expect(try order(10, from: 200, reference: reference).isRepeated) }
        try world.records.verify()
    }

    @Test func `an earlier table goes before a later one, which the meter keeps`() throws {
        try order(10, from: 200)
        #expect(try order(4, from: 30).state == .done)
        #expect(try held == [4, 10])
        try world.pass(days: 31, [meter])
        #expect(price == 400_000)
        try world.pass(days: 170, [meter])
        #expect(price == 1_000_000)
    }

    @Test func `a fifth table before the last that is held has no place`() throws {
        try fill()
        guard case .declined(.noPlaceAhead(let last)) = try order(9, from: 35).outcome else {
            Issue.record("it was sent, or waits")
            return
        }
        #expect(last.tariff?.table.id == 4)
        #expect(try held == [1, 2, 3, 4] && waiting.isEmpty)
    }

    /// The table of before, for the same time, takes the place of the one that is held: so that one is taken back.
    @Test func `a table that is taken back does not come`() throws {
        #expect(try order(3, from: 0).state == .done)
        #expect(try order(4, from: 30).state == .done)
        guard case .declined(.tariffAhead(let ahead)) = try order(3, from: 30).outcome else {
            Issue.record("it took the place unasked")
            return
        }
        #expect(ahead.tariff?.table.id == 4)
        #expect(try order(3, from: 30, replacing: true).state == .done)
        #expect(try held == [3])
        try world.pass(days: 40, [meter])
        #expect(price == 300_000)
    }

    @Test func `a table that waits is taken back, and does not come`() throws {
        try fill()
        try order(12, from: 280)
        try order(11, from: 300)
        #expect(try waiting == [12, 11])
        #expect(try world.records.dequeueTariff(effective: day(300), of: ExchangeWorld.first, at: world.now))
        #expect(try !world.records.dequeueTariff(effective: day(300), of: ExchangeWorld.first, at: world.now))
        try world.pass(days: 310, [meter])
        #expect(try contact().map(\.state) == [.done])
        #expect(try contact().isEmpty && price == 1_200_000)
    }

    /// What is held counts by the meter's clock: it has no room for the next one before.
    @Test func `a meter that is behind keeps its tables`() throws {
        try fill()
        try order(10, from: 50)
        try world.pass(days: 10, [meter])
        meter.meter.time -= 3_600
        #expect(try contact().isEmpty)
        #expect(try waiting == [10])
        meter.meter.time += 3_600
        #expect(try contact().map(\.state) == [.done])
        #expect(price == 100_000)
    }

    /// Each message of the contact that sends is lost.
    @Test(arguments: FaultyChannel.Message.allCases)
    func `a table that waits is sent once whatever is lost`(_ message: FaultyChannel.Message) throws {
        for at in 0... {
            let world = try ExchangeWorld()
            let meter = try world.meter()
            func send(_ id: UInt16, _ day: UInt32) throws {
                _ = try world.client.convertTariff(to: table(id), effective: self.day(day), over: meter.channel)
            }
            for number in 1...6 as ClosedRange<UInt16> { try send(number, UInt32(number) * 10) }
            #expect(try world.records.queuedTariffs(of: ExchangeWorld.first).map(\.table.id) == [5, 6])
            try world.pass(days: 11, [meter])
            let lossy = FaultyChannel(meter.channel, plan: FaultPlan(.loses(message, of: at)))
            do {
                _ = try world.client.completePending(of: ExchangeWorld.first, over: lossy)
            } catch {
                #expect(lossy.hasDropped, "\(error)")
            }
            for number in 2...6 as ClosedRange<UInt64> {
                _ = try world.client.completePending(of: ExchangeWorld.first, over: meter.channel)
                try world.pass(days: 10, [meter])
                #expect(meter.reading.price.rawValue == number * 100_000, "\(message) \(at)")
            }
            let done = try world.records.transactions(of: ExchangeWorld.first).filter { $0.state == .done }
            #expect(done.map { $0.tariff?.table.id } == [1, 2, 3, 4, 5, 6], "\(message) \(at)")
            #expect(try world.records.queuedTariffs(of: ExchangeWorld.first).isEmpty)
            try world.records.verify()
            if !lossy.hasDropped { break }
        }
    }
}
