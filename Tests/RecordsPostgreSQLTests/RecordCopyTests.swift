import CardCrypto
import Records
import RecordsPostgreSQL
import RecordsSQLite
import TestPrograms
import TestSupport
import Testing
import ValueProtocol

@Suite("Records move between a file and a database")
struct RecordCopyTests {
    private let folder: TemporaryFolder
    private let address: String
    private let key = Secret(copying: Array(1...32))
    private let card = PartyID(issuer: 0xA1B2C3, kind: .subscriberCard, number: 1)
    private let meter = PartyID(issuer: 0xA1B2C3, kind: .electricMeter, number: 2)
    private let euro = Currency(rawValue: 978)

    init() throws {
        folder = try TemporaryFolder(isInMemory: true)
        address = try PostgreSQLServer.shared.get().database()
    }

    /// Something in every table.
    private func fill(_ records: some RecordStore) throws {
        let now = Timestamp(rawValue: 1000)
        let tariff = try #require(TariffTable(id: 3, price: Amount(rawValue: 300_000), currency: euro))
        for (eid, kind) in [(card, CreditTransaction.Kind.storeCredit), (meter, .convertTariff)] {
            let request = CreditRequest(
                kind: kind, service: .gas, currency: euro,
                amount: Amount(rawValue: kind == .storeCredit ? 5_000_000 : 0), reference: "order",
                tariff: kind == .storeCredit ? nil : TariffOrder(tariff, effective: now))
            let started = try records.begin(request, of: eid, elementHighest: .none, at: now)
            guard case .send(let sent) = started else { throw HostError(.openTransaction, "\(started)") }
            _ = try records.conclude(sent, as: .done, balance: Amount(rawValue: 5_000_000), at: now)
        }
        let block = try SystemRandomness().block()
        try records.recordGenuine(
            SessionIdentity(key: KeyName(.credit, 2), pid: .none, eid: card, nt: 7, r1: block, r2: block))
        try records.recordPurses(
            [Bind(service: .gas, currency: euro, limit: Amount(rawValue: 100), meter: meter, version: 4)], of: card,
            at: now)
        _ = try records.record(
            [UsageRecord(start: Timestamp(rawValue: 3600), quantity: 7, spent: Amount(rawValue: 8))], .hours, of: meter,
            at: now)
        _ = try records.record(
            [EventRecord(time: now, codeNumber: 1, value: 2), EventRecord(time: now, codeNumber: 1, value: 2)],
            of: meter, at: now)
        try records.recordClock(now, of: meter, at: now)
        try records.recordReading(upTo: now, of: meter)
        _ = try records.record(
            [MeterStatusRecord(service: .gas, meter: meter, nt: 9, time: now, status: [1, 2])], from: card, at: now)
        try records.setStatus(.lost, of: card, because: "stolen", at: now)
        _ = try records.replace(
            card, by: PartyID(issuer: 0xA1B2C3, kind: .subscriberCard, number: 3), at: now)
    }

    private func expectSame(_ left: some RecordStore, _ right: some RecordStore) throws {
        #expect(try left.elements() == right.elements())
        #expect(try left.transactions(of: nil) == right.transactions(of: nil))
        #expect(try left.auditTrail(of: nil) == right.auditTrail(of: nil))
        #expect(try left.use(of: meter, .hours) == right.use(of: meter, .hours))
        #expect(try left.events(of: meter) == right.events(of: meter))
        #expect(try left.clocks(of: meter) == right.clocks(of: meter))
        #expect(try left.meterStatus(of: meter) == right.meterStatus(of: meter))
        #expect(try left.purses(of: card) == right.purses(of: card))
        #expect(try left.balances(of: card) == right.balances(of: card))
        #expect(try left.readingStart(.hours, of: meter) == right.readingStart(.hours, of: meter))
        #expect(try left.verify(against: []) == right.verify(against: []))
    }

    @Test func `a file moves into a database, and nothing is added to it any more`() throws {
        let file = try RecordFile.create(at: folder.path(of: "records"), auditKey: key)
        try fill(file)
        let mark = try #require(try file.auditMark())
        let other = try RecordFile.open(at: folder.path(of: "records"), auditKey: key)
        try file.moveAll(into: try RecordDatabase(address, auditKey: key))
        let moved = try RecordDatabase(address, auditKey: key)
        try expectSame(file, moved)
        for old in [file, other] {
            #expect(throws: HostError(.recordsElsewhere, "")) {
                try old.setStatus(.blocked, of: meter, at: Timestamp(rawValue: 9))
            }
        }
        // Cut off after the copy, it is only finished.
        try other.moveAll(into: moved)
        try moved.setStatus(.blocked, of: meter, at: Timestamp(rawValue: 9))
        #expect(try moved.verify(against: [mark]) == file.verify() + 1)
        #expect(throws: HostError(.fileExists, "")) {
            try RecordFile.inMemory(auditKey: key).moveAll(into: moved)
        }
    }

    @Test func `a database is copied into a file, with the chains of all its writers`() throws {
        let first = try RecordDatabase(address, auditKey: key)
        let second = try RecordDatabase(address, auditKey: key)
        try fill(first)
        try second.setStatus(.blocked, of: meter, at: Timestamp(rawValue: 9))
        let path = folder.path(of: "copy")
        let copy = try RecordFile.create(at: path, auditKey: key)
        try first.copyAll(into: copy)
        try copy.close()
        let reopened = try RecordFile.open(at: path, auditKey: key)
        try expectSame(first, reopened)
        try reopened.setStatus(.inUse, of: meter, at: Timestamp(rawValue: 10))
        try reopened.verify(against: [try #require(try first.auditMark()), try #require(try second.auditMark())])
        try first.setStatus(.inUse, of: meter, at: Timestamp(rawValue: 11))
    }
}
