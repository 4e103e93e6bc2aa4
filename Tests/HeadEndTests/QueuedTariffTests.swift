import CardIOTesting
import HeadEnd
import ISO7816
import Meter
import Records
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// A meter holds one table for later: the host knows which, and sends the next one in time by itself.
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

    /// Effective 1 April and 1 October, sent in March: each counts from its day.
    @Test(arguments: [nil, "T"]) func `two tables for later count in turn`(reference: String?) throws {
        #expect(try order(4, from: 30).state == .done)
        for _ in 0..<2 {
            // Said again, it is the same order.
            guard case .queued(let queued) = try order(10, from: 200, reference: reference).outcome else {
                Issue.record("the second table was sent")
                return
            }
            #expect(queued.table.id == 10)
        }
        #expect(try world.records.queuedTariffs(of: ExchangeWorld.first).count == 1)
        #expect(try contact().isEmpty)
        try world.pass(days: 31, [meter])
        #expect(price == 400_000)
        #expect(try contact().map(\.state) == [.done])
        #expect(price == 400_000)
        #expect(try contact().isEmpty)
        try world.pass(days: 170, [meter])
        #expect(price == 1_000_000)
        #expect(try world.records.queuedTariffs(of: ExchangeWorld.first).isEmpty)
        if reference != nil { #expect(try order(10, from: 200, reference: reference).isRepeated) }
        try world.records.verify()
    }

    /// One for an earlier time would replace the one that the meter holds: that is said, and the later one comes back.
    @Test func `an earlier table goes before a later one`() throws {
        try order(10, from: 200)
        guard case .declined(.tariffAhead(let ahead)) = try order(4, from: 30).outcome else {
            Issue.record("the earlier table was sent unasked")
            return
        }
        #expect(ahead.tariff?.table.id == 10)
        #expect(try order(4, from: 30, replacing: true).state == .done)
        #expect(try world.records.queuedTariffs(of: ExchangeWorld.first).map(\.table.id) == [10])
        try world.pass(days: 31, [meter])
        #expect(price == 400_000)
        #expect(try contact().map(\.state) == [.done])
        try world.pass(days: 170, [meter])
        #expect(price == 1_000_000)
    }

    /// With leave to replace, a later table takes the place of the one that is held, which is cancelled so.
    @Test func `a cancelled table does not come back`() throws {
        try order(4, from: 30)
        #expect(try order(10, from: 200, replacing: true).state == .done)
        try world.pass(days: 40, [meter])
        #expect(try contact().isEmpty && price != 400_000)
        // Nor does one that waited.
        try order(12, from: 280)
        try order(11, from: 300)
        #expect(try world.records.queuedTariffs(of: ExchangeWorld.first).map(\.table.id) == [12, 11])
        #expect(try world.records.dequeueTariff(effective: day(300), of: ExchangeWorld.first, at: world.now))
        #expect(try !world.records.dequeueTariff(effective: day(300), of: ExchangeWorld.first, at: world.now))
        try world.pass(days: 300, [meter])
        #expect(try contact().map(\.state) == [.done])
        #expect(try contact().isEmpty && price == 1_200_000)
    }

    /// The table that is held counts by the meter's clock: the next one does not come before.
    @Test func `a meter that is behind keeps its table`() throws {
        try order(4, from: 30)
        try order(10, from: 31)
        try world.pass(days: 30, [meter])
        meter.meter.time -= 3_600
        #expect(try contact().isEmpty)
        meter.meter.time += 3_600
        #expect(try contact().map(\.state) == [.done])
        #expect(price == 400_000)
    }

    /// Three in any order of ordering, and each message of the contact that sends is lost.
    @Test(arguments: FaultyChannel.Message.allCases)
    func `a table that waits is sent once whatever is lost`(_ message: FaultyChannel.Message) throws {
        for at in 0... {
            let world = try ExchangeWorld()
            let meter = try world.meter()
            func send(_ id: UInt16, _ day: UInt32) throws {
                _ = try world.client.convertTariff(to: table(id), effective: self.day(day), over: meter.channel)
            }
            try send(4, 30)
            try send(10, 200)
            try send(7, 100)
            #expect(try world.records.queuedTariffs(of: ExchangeWorld.first).map(\.table.id) == [7, 10])
            try world.pass(days: 31, [meter])
            let lossy = FaultyChannel(meter.channel, plan: FaultPlan(.loses(message, of: at)))
            do {
                _ = try world.client.completePending(of: ExchangeWorld.first, over: lossy)
            } catch {
                #expect(lossy.hasDropped, "\(error)")
            }
            for (day, price) in [(70, 700_000), (101, 1_000_000)] as [(UInt32, UInt64)] {
                _ = try world.client.completePending(of: ExchangeWorld.first, over: meter.channel)
                try world.pass(days: day, [meter])
                #expect(meter.reading.price.rawValue == price, "\(message) \(at)")
            }
            let done = try world.records.transactions(of: ExchangeWorld.first).filter { $0.state == .done }
            #expect(done.map { $0.tariff?.table.id } == [4, 7, 10], "\(message) \(at)")
            #expect(try world.records.queuedTariffs(of: ExchangeWorld.first).isEmpty)
            try world.records.verify()
            if !lossy.hasDropped { break }
        }
    }
}
