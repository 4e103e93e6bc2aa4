import HeadEnd
import Records
import RecordsSQLite
import TestWorlds
import Testing
import ValueProtocol

/// A host whose clock is a day ahead, or a day behind: orders are done once, and the books and their trail hold.
@Suite struct WrongClockTests {
    private static let day: UInt32 = 86_400
    private let keys: HostKeys
    private let records: RecordFile

    init() throws {
        keys = try testKeys()
        records = try RecordFile.inMemory(auditKey: keys.auditKey)
    }

    @Test(
        arguments: [
            [0, 1, 0], [0, -1, 0], [1, 0, -1, 0, 1], [-1, 1, -1, 1],
        ])
    func `a card`(days: [Int]) throws {
        let card = try TestCard(keys: keys)
        for (number, days) in days.enumerated() {
            let time = UInt32(Int(TestMeter.monday) + days * Int(Self.day))
            let client = try client(records, keys, time: time)
            let loaded = try client.store(100, over: card.channel, reference: "load \(number)")
            #expect(loaded.state == .done)
            // Repeated with the clock put right.
            let again = try HeadEndTests.client(records, keys, time: TestMeter.monday)
                .store(100, over: card.channel, reference: "load \(number)")
            #expect(again.isRepeated)
            #expect(try client.takeOff(30, over: card.channel, reference: "refund \(number)").state == .done)
            #expect(try card.holds() == UInt64(70 * (number + 1)))
            #expect(try client.balance(of: .gas, over: card.channel).amount.rawValue == UInt64(70 * (number + 1)))
        }
        let books = try #require(try records.books(of: card.eid).first { $0.service == .gas })
        #expect(books.isSound && books.stored.rawValue == UInt64(100 * days.count))
        #expect(try records.differences().isEmpty)
        try expectWhole()
    }

    /// Its own clock is right; hours are read once all the same.
    @Test(arguments: [-1, 1]) func `a meter`(days: Int) throws {
        let meter = try TestMeter(keys: keys)
        let wrong = UInt32(Int(TestMeter.monday) + days * Int(Self.day))
        for time in [TestMeter.monday, wrong, TestMeter.monday + 7200] {
            try meter.pass(hours: 2)
            let client = try client(records, keys, time: time)
            let order = try client.storeCredit(
                Amount(rawValue: 1_000_000), for: .electricity, in: TestCard.euro, over: meter.channel,
                reference: "load \(time)")
            #expect(order.state == .done)
            _ = try client.readUse(over: meter.channel)
            _ = try client.snapshot(over: meter.channel)
        }
        let hours = try records.use(of: TestMeter.eid, .hours)
        #expect(zip(hours, hours.dropFirst()).allSatisfy { $0.start < $1.start })
        #expect(hours.count >= 5, "\(hours.count)")
        try expectWhole()
    }

    private func expectWhole() throws {
        #expect(try records.unsettled().isEmpty)
        #expect(try records.violations().isEmpty)
        try records.verify()
    }
}
