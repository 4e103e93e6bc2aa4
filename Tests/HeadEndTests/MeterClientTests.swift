import CardIOTesting
import HeadEnd
import ISO7816
import Meter
import Records
import RecordsSQLite
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// The host's procedures with a meter: tariffs, use, events and clock.
@Suite("A client and a meter") struct MeterClientTests {
    let keys: HostKeys
    let records: RecordFile
    let meter: TestMeter
    let client: ElementClient

    init() throws {
        keys = try testKeys()
        records = try RecordFile.inMemory(auditKey: keys.auditKey)
        meter = try TestMeter(keys: keys)
        client = try HeadEndTests.client(records, keys, time: TestMeter.monday)
    }

    private func table(_ id: UInt16, price: UInt64 = 200_000) throws -> TariffTable {
        let night = try #require(TariffTable.Entry(days: 0x7F, minute: 22 * 60, percent: 50))
        return try #require(
            TariffTable(id: id, price: Amount(rawValue: price), currency: TestCard.euro, entries: [night]))
    }

    @Test func `a tariff is converted once, between credits, under one sequence of numbers`() throws {
        let credit = {
            try client.storeCredit(Amount(rawValue: 5), for: .electricity, in: TestCard.euro, over: meter.channel)
        }
        _ = try credit()
        for isRepeated in [false, true] {
            let result = try client.convertTariff(
                to: try table(9), effective: Timestamp(rawValue: 1), over: meter.channel, reference: "T")
            #expect(result.state == .done && result.isRepeated == isRepeated)
        }
        _ = try credit()
        #expect(meter.meter.reading.price.rawValue == 200_000)
        let transactions = try records.transactions(of: TestMeter.eid)
        #expect(transactions.map(\.kind) == [.storeCredit, .convertTariff, .storeCredit])
        #expect(transactions.map(\.htxn.rawValue) == [1, 2, 3])
        #expect(transactions[1].tariff == TariffOrder(try table(9), effective: Timestamp(rawValue: 1)))
        #expect(try records.books(of: TestMeter.eid).first?.stored.rawValue == 10)
        try records.verify()
        // The same reference with another table is another order.
        #expect(throws: HostError(.otherOrder, "")) {
            try client.convertTariff(
                to: try table(10), effective: Timestamp(rawValue: 1), over: meter.channel, reference: "T")
        }
        let pounds = try #require(TariffTable(id: 3, price: .zero, currency: Currency(rawValue: 826)))
        let refused = try client.convertTariff(to: pounds, effective: Timestamp(rawValue: 1), over: meter.channel)
        #expect(refused.state == .refused(.wrongCurrency))
    }

    /// Another table for the same time takes the place of the one before, and is sent only so; one for now undoes nothing.
    @Test func `a table ahead is corrected`() throws {
        let april = Timestamp(rawValue: TestMeter.monday + 90 * 86_400)
        #expect(try client.convertTariff(to: try table(4), effective: april, over: meter.channel).state == .done)
        #expect(
            try client.convertTariff(
                to: try table(5), effective: april, over: meter.channel, replacingAhead: true
            ).state == .done)
        #expect(
            try client.convertTariff(to: try table(6), effective: Timestamp(rawValue: 1), over: meter.channel).state
                == .done)
        try records.verify()
    }

    /// Ordered word for word again, a table is the same order: the meter has it.
    @Test func `a table is sent once`() throws {
        let now = Timestamp(rawValue: TestMeter.monday)
        for attempt in 0..<3 {
            let result = try client.convertTariff(to: try table(7), effective: now, over: meter.channel)
            #expect(result.state == .done && result.isRepeated == (attempt > 0))
        }
        #expect(try records.transactions(of: TestMeter.eid).count == 1)
        let later = Timestamp(rawValue: TestMeter.monday + 86_400)
        for attempt in 0..<2 {
            let result = try client.convertTariff(to: try table(8), effective: later, over: meter.channel)
            #expect(result.isRepeated == (attempt > 0))
        }
        // Another table, and the first one anew, are orders of their own.
        #expect(try !client.convertTariff(to: try table(7), effective: now, over: meter.channel).isRepeated)
    }

    /// SELECT, INITIALIZE, STATUS, CONVERT TARIFF: each lost in either direction, with the next contact for something
    /// else.
    @Test(arguments: FaultyChannel.everyFault(exchanges: 4))
    func `what is in doubt of a tariff is found out by whatever comes next`(_ fault: FaultyChannel.Fault) throws {
        let channel = FaultyChannel(meter.channel, fault: fault)
        let sent = try table(9)
        let order = { () throws(HostError) in
            try client.convertTariff(
                to: sent, effective: Timestamp(rawValue: 1), over: channel, reference: "T")
        }
        #expect(throws: HostError.self) { try order() }
        let isDone = fault == .dropAnswer(3)
        let reading = try client.readUse(over: meter.channel)
        #expect(reading.recovered.map(\.state) == (isDone ? [.done] : fault == .dropCommand(3) ? [.notApplied] : []))
        #expect(try records.unsettled().isEmpty)
        #expect(meter.meter.reading.price.rawValue == (isDone ? 200_000 : 300_000))
        #expect(
            try client.convertTariff(
                to: try table(9), effective: Timestamp(rawValue: 1), over: meter.channel, reference: "T"
            ).state == .done)
        #expect(try records.transactions(of: TestMeter.eid).map(\.state) == [.done])
        try records.verify()
    }

    @Test func `use and events come once, and the open hour is brought up to date`() throws {
        try meter.pass(hours: 30)
        let first = try client.readUse(over: meter.channel)
        #expect(first.newRecords[.hours] == 31)
        #expect(first.newRecords[.days] == 2)
        #expect(!first.newEvents.isEmpty)
        try meter.pass(hours: 50)
        let second = try client.readUse(over: meter.channel)
        #expect(second.newRecords[.hours] == 50)
        #expect(try client.readUse(over: meter.channel).newEvents.isEmpty)
        for series in ElementClient.useSeries {
            let kept = try records.use(of: TestMeter.eid, series)
            #expect(kept.reduce(0) { $0 + $1.quantity } == 80_000)
            #expect(kept.reduce(0) { $0 + $1.spent.rawValue } == meter.meter.reading.spent.rawValue)
        }
        #expect(try records.events(of: TestMeter.eid).count == meter.meter.events().count)
        #expect(try records.clocks(of: TestMeter.eid).last?.clock?.rawValue == TestMeter.monday + 80 * 3600)
    }

    @Test func `two years of hours need several sessions`() throws {
        try meter.pass(hours: 4000, minutesPerTick: 15)
        let reading = try client.readUse(over: meter.channel)
        #expect(reading.newRecords[.hours] == 4001)
        #expect(try records.use(of: TestMeter.eid, .hours).reduce(0) { $0 + $1.quantity } == 4_000_000)
    }

    @Test func `what was read before the line broke is kept`() throws {
        try meter.pass(hours: 40)
        // SELECT, INITIALIZE, STATUS, ACCOUNT, and the first page of hours come before it.
        let channel = FaultyChannel(meter.channel, fault: .dropAnswer(5))
        #expect(throws: HostError(.noSession, "")) { try client.readUse(over: channel) }
        let kept = try records.use(of: TestMeter.eid, .hours).count
        #expect(kept > 0)
        #expect(try client.readUse(over: meter.channel).newRecords[.hours] == 41 - kept)
        #expect(try records.use(of: TestMeter.eid, .hours).reduce(0) { $0 + $1.quantity } == 40_000)
    }

    /// A record that fits no page: the meter has no more to give, and says that it has.
    private final class StuckLog: UsageLog {
        func records(_ series: UsageSeries, from: Timestamp, to: Timestamp) -> [[UInt8]] {
            [[UInt8](repeating: 0, count: ReadUsage.maxRecordBytes + 1)]
        }
    }

    @Test func `a meter whose cursor stands still is not read forever`() throws {
        let image = ElementImage(
            issued: TestMeter.eid, keys: try keys.storedKeys(of: TestMeter.eid),
            purses: [Purse(.electricity, limit: 1)])
        let memory = VolatileMemory(ValueCard.records(image))
        let element = try ValueCard(memory, environment: ElementEnvironment(usage: StuckLog()))
        let channel = try InProcessChannel(element)
        #expect {
            try client.readUse(over: channel)
        } throws: { error in
            (error as? HostError)?.cause as? SessionError == SessionError(.malformedAnswer, "")
        }
    }

    @Test func `what is recorded after a clock was set back is read`() throws {
        try meter.pass(hours: 100)
        _ = try client.readUse(over: meter.channel)
        let setting = try client.setClock(to: Timestamp(rawValue: TestMeter.monday + 3600), over: meter.channel)
        #expect(setting.before.rawValue == TestMeter.monday + 100 * 3600)
        try meter.pass(hours: 1)
        let reading = try client.readUse(over: meter.channel)
        #expect(reading.newEvents.contains { $0.code == .clockSet })
        #expect(try records.events(of: TestMeter.eid).count == meter.meter.events().count)
        let clocks = try records.clocks(of: TestMeter.eid)
        #expect(
            clocks.contains(
                ClockRecord(
                    time: Timestamp(rawValue: TestMeter.monday), clock: setting.before, target: setting.target)))
    }

    @Test func `how a meter stands`() throws {
        let snapshot = try client.snapshot(over: meter.channel, expecting: TestMeter.eid)
        #expect(snapshot.balance.rawValue == 500_000_000)
        #expect(snapshot.clock.rawValue == TestMeter.monday)
        #expect(try records.balances(of: TestMeter.eid).map(\.amount.rawValue) == [500_000_000])
        let other = PartyID(issuer: 1, kind: .electricMeter, number: 1)
        #expect(throws: HostError(.noSession, "")) { try client.snapshot(over: meter.channel, expecting: other) }
        let card = try TestCard(keys: keys)
        #expect(throws: HostError(.noSession, "")) {
            try client.convertTariff(to: try table(1), effective: Timestamp(rawValue: 1), over: card.channel)
        }
    }
}
