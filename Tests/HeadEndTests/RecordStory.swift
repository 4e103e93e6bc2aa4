import CardCrypto
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

/// A sequence of operations of a host until its record file holds every kind of entry; always the same except for
/// random hashes.
///
/// It generated the old record files in Tests/RecordsSQLiteTests/Files.
final class RecordStory {
    /// Signs the trail of the file that has a key.
    static let auditKey = Secret(copying: Array(1...32))
    static let peso = Currency(rawValue: 32)
    static let meterOfGas = PartyID(issuer: 0xA1B2C3, kind: .gasMeter, number: 0x78)

    let records: RecordFile
    let keys: HostKeys
    /// The trail's newest mark after each chapter.
    private(set) var marks: [AuditMark] = []
    private var time: UInt32 = 1_790_000_000

    init(_ records: RecordFile) throws {
        self.records = records
        keys = try testKeys()
    }

    func run() throws {
        for chapter in [sell, refuse, lose, leaveToPersons, replace, leaveOpen, serveMeter, bringHome] {
            try chapter()
            marks.append(try #require(try records.auditMark()))
        }
    }

    /// A client, one minute after the previous one.
    private func client() throws -> ElementClient {
        time += 60
        return try HeadEndTests.client(records, keys, time: time)
    }

    private var now: Timestamp { Timestamp(rawValue: time) }

    private func card(_ number: UInt32, _ change: (inout ElementImage) -> Void = { _ in }) throws -> TestCard {
        try TestCard(number, keys: keys, change: change)
    }

    // MARK: Chapters

    private func sell() throws {
        let card = try card(1) { image in
            image.put(Purse(service: .heat, currency: Self.peso, limit: TestCard.limit))
        }
        try records.recordIssued(card.eid)
        try records.recordLoadedKeys([KeyName(.admin, 1), KeyName(.usage, 1)], to: card.eid)
        try records.recordPurses(
            [
                Bind(
                    service: .gas, currency: TestCard.euro, limit: TestCard.limit, meter: Self.meterOfGas, version: 1),
                Bind(service: .water, currency: TestCard.euro, limit: TestCard.limit),
            ], of: card.eid, at: now)
        _ = try client().store(10_000_000, over: card.channel, reference: "till 3, order 118")
        _ = try client().storeCredit(
            Amount(rawValue: 2_345_678), for: .water, in: TestCard.euro, over: card.channel,
            reference: "Zähler № 7 – „Müller“, done, balance 3.00\n")
        _ = try client().storeCredit(
            Amount(rawValue: 1), for: .heat, in: Self.peso, over: card.channel, reference: "")
        _ = try client().takeOff(1_000_000, over: card.channel)
        try card.spend(500_000)
        _ = try client().balance(of: .gas, over: card.channel)
        _ = try client().balance(of: UtilityService(rawValue: 0x7F), over: card.channel)
    }

    private func refuse() throws {
        let card = try card(2)
        let dollar = Currency(rawValue: 840)
        _ = try client().storeCredit(Amount(rawValue: 1), for: .heat, in: TestCard.euro, over: card.channel)
        _ = try client().storeCredit(Amount(rawValue: 1), for: .gas, in: dollar, over: card.channel, reference: "usd")
        _ = try client().store(TestCard.limit.rawValue + 1, over: card.channel)
        _ = try client().takeOff(1, over: card.channel)
        _ = try client().store(1, over: try self.card(3) { $0.state = .blocked }.channel)
    }

    private func lose() throws {
        let card = try card(4)
        expect(.inDoubt) {
            _ = try client().store(100, over: FaultyChannel(card.channel, fault: .dropCommand(3)), reference: "A")
        }
        _ = try client().recover(over: card.channel)
        _ = try client().retry(HostTransaction(rawValue: 1), of: card.eid, over: card.channel)
        expect(.inDoubt) {
            _ = try client().takeOff(40, over: FaultyChannel(card.channel, fault: .dropAnswer(3)), reference: "B")
        }
        _ = try client().recover(over: card.channel)
    }

    private func leaveToPersons() throws {
        for (number, applied) in [(5, true), (6, false)] as [(UInt32, Bool)] {
            let card = try leftToPerson(number)
            // Above what the element applied for another host.
            _ = try records.acceptNumbers(upTo: HostTransaction(rawValue: 10), of: card.eid, at: now)
            _ = try records.resolve(
                HostTransaction(rawValue: 1), of: card.eid, applied: applied, by: "the supervisor",
                because: applied ? "seen on the display" : "purse unchanged", at: now)
            _ = try client().store(3, over: card.channel)
        }
        let lost = try card(7)
        expect(.inDoubt) { _ = try client().store(100, over: FaultyChannel(lost.channel, fault: .dropCommand(3))) }
        try records.setStatus(.lost, of: lost.eid, because: "left in a tram", at: now)
        _ = try records.resolve(
            HostTransaction(rawValue: 1), of: lost.eid, applied: true, by: "A. Clerk", because: "receipt shown", at: now
        )
    }

    /// A card whose first transaction was displaced by nine newer ones.
    private func leftToPerson(_ number: UInt32) throws -> TestCard {
        let card = try card(number)
        expect(.inDoubt) { _ = try client().store(100, over: FaultyChannel(card.channel, fault: .dropCommand(3))) }
        let element = try #require(card.card.element)
        try element.update { image in
            for number: UInt64 in 2...10 {
                image.keep(
                    AppliedTransaction(
                        htxn: HostTransaction(rawValue: number), op: .storeCredit, service: .gas,
                        currency: TestCard.euro, amount: Amount(rawValue: 7), balance: .zero,
                        time: Timestamp(rawValue: 1)))
            }
        }
        _ = try client().recover(over: card.channel)
        return card
    }

    private func replace() throws {
        let (first, second, third) = (try card(10), try card(11), try card(12))
        _ = try client().store(9_000_000, over: first.channel)
        _ = try client().storeCredit(
            Amount(rawValue: 4_000_000), for: .water, in: TestCard.euro, over: first.channel)
        try records.setStatus(.blocked, of: first.eid, at: now)
        try records.setStatus(.inUse, of: first.eid, because: "a mistake", at: now)
        try records.setStatus(.lost, of: first.eid, because: "stolen", at: now)
        _ = try records.replace(first.eid, by: second.eid, at: now)
        // The second card gets gas, and is lost before it gets water.
        expect(.inDoubt) {
            _ = try client().completeCarryOver(over: FaultyChannel(second.channel, fault: .dropCommand(8)))
        }
        _ = try client().recover(over: second.channel)
        try records.setStatus(.lost, of: second.eid, at: now)
        _ = try records.replace(second.eid, by: third.eid, at: now)
        // The third gets one of two.
        expect(.noSession) {
            _ = try client().completeCarryOver(over: FaultyChannel(third.channel, fault: .dropCommand(5)))
        }
    }

    /// What the next program has to continue with.
    private func leaveOpen() throws {
        let doubtful = try card(20)
        _ = try client().store(5_000, over: doubtful.channel)
        expect(.inDoubt) {
            _ = try client().store(100, over: FaultyChannel(doubtful.channel, fault: .dropAnswer(3)), reference: "open")
        }
        _ = try leftToPerson(21)
        let notApplied = try card(22)
        expect(.inDoubt) {
            _ = try client().store(100, over: FaultyChannel(notApplied.channel, fault: .dropCommand(3)))
        }
        _ = try client().recover(over: notApplied.channel)
        try records.setStatus(.blocked, of: try card(23).eid, because: "does not pay", at: now)
    }

    private func serveMeter() throws {
        let meter = try TestMeter(keys: keys)
        try meter.pass(hours: 30)
        _ = try client().storeCredit(
            Amount(rawValue: 5_000_000), for: .electricity, in: TestCard.euro, over: meter.channel, reference: "M")
        let night = try #require(TariffTable.Entry(days: 0x7F, minute: 22 * 60, percent: 50))
        let tables = [
            try #require(
                TariffTable(id: 9, price: Amount(rawValue: 200_000), currency: TestCard.euro, entries: [night])),
            try #require(TariffTable(id: 10, price: Amount(rawValue: 210_000), currency: TestCard.euro)),
            try #require(TariffTable(id: 11, price: .zero, currency: Currency(rawValue: 826))),
        ]
        for table in tables {
            _ = try client().convertTariff(
                to: table, effective: Timestamp(rawValue: TestMeter.monday + 86_400), over: meter.channel,
                reference: "T\(table.id)")
        }
        _ = try client().readUse(over: meter.channel)
        _ = try client().setClock(to: Timestamp(rawValue: TestMeter.monday + 3600), over: meter.channel)
        expect(.noSession) {
            _ = try client().setClock(
                to: Timestamp(rawValue: TestMeter.monday + 7200),
                over: FaultyChannel(meter.channel, fault: .dropAnswer(3)))
        }
        _ = try client().snapshot(over: meter.channel)
    }

    private func bringHome() throws {
        let card = try card(30) { image in
            var slot = MeterBinding(
                service: .gas, meter: Self.meterOfGas, version: 1,
                kx: Secret(copying: [UInt8](repeating: 1, count: 16)))
            slot.statusNT = 12
            slot.statusTime = Timestamp(rawValue: 600)
            slot.meterStatus = Array(0..<40)
            image.put(slot)
        }
        _ = try client().collectMeterStatus(over: card.channel)
    }
}
