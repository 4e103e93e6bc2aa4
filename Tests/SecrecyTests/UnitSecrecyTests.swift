import CardCrypto
import Grid
import GridSimulation
import HeadEnd
import ISO7816
import Meter
import Metrology
import Records
import RecordsSQLite
import TestSupport
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// Local and area units carry loads and readings, and nothing of them can be seen there: no key, no amount, no balance, no use.
@Suite("What units know") struct UnitSecrecyTests {
    /// Micro-units that nobody has by chance.
    private static let amount: UInt64 = 73_918_264_517
    private static let balance: UInt64 = 1_048_275_936_128

    /// A meter that was loaded and read through units, what is secret of it, and what there is to be seen.
    private struct Story {
        let secrets: Secrets
        let amounts: [UInt64]
        let contents: [UnitChain.Place: [UInt8]]
        let chain: UnitChain
    }

    private static func hostKeys(_ masters: [KeyName: Secret]) throws -> HostKeys {
        let keys = try HostKeys(pid: PartyID(issuer: 0xA1, kind: .host, number: 1))
        for (name, master) in masters { keys.hold(Secret(copying: master.seen), as: name) }
        return keys
    }

    private static func story() async throws -> Story {
        let flow = Flow("units")
        var random = SeededGenerator(seed: 0x0417)
        let eid = PartyID(issuer: 0xA1, kind: .electricMeter, number: 1)
        var masters: [KeyName: Secret] = [:]
        for purpose in Purpose.allCases { masters[KeyName(purpose, 1)] = Secret(copying: random.bytes(16)) }
        let keys = try hostKeys(masters)
        let suite = try CipherSuite()
        let stored = try masters.filter { $0.key.purpose != .transfer }.map { name, _ in
            StoredKey(name: name, key: try #require(keys.elementKey(name, of: eid, suite)))
        }
        let meter = try TestElectricMeter(
            ElementImage(
                issued: eid, keys: stored,
                purses: [Purse(.electricity, holds: balance, limit: 1 << 50)]),
            ElectricConfiguration(
                price: Amount(rawValue: 300_000), rules: CreditRules(token: Amount(rawValue: 1_000_000))),
            transportKey: Secret(copying: random.bytes(16)))
        for _ in 0..<50 {
            try meter.meter.tick()
            try meter.meter.count([
                Energy(microjoules: Int64.random(in: 1_000_000_000...9_000_000_000_000, using: &random))
            ])
            meter.time += 3_600
        }
        try meter.meter.tick()
        let folder = try TemporaryFolder(isInMemory: true)
        let chain = try UnitChain(folder, element: UnitChain.SharedElement(flow.tapped(meter.meter)))
        let records = try RecordFile.inMemory(auditKey: keys.auditKey)
        let home = HostFolder(folder.path + "/host")
        try home.prepare()
        let time = Timestamp(rawValue: meter.time)
        let host = HostContext(home, records: records, keys: try hostKeys(masters)) { time }
        let contacts = GridContacts(host, over: chain, sleep: { _ in await Task.yield() })
        await contacts.receive(
            UnitReport(
                from: SimulatedBranch.unitID, at: .zero,
                .meters(UnitReport.MeterRoster(present: [eid], isComplete: true))), from: UnitChain.area)
        let order = ContactTask.order(
            CreditRequest(
                kind: .storeCredit, service: .electricity, currency: .euro, amount: Amount(rawValue: amount),
                reference: "order"))
        var options = GridContacts.Options()
        options.priority = .load
        for (task, priority) in [
            (order, Exchange.Priority.load), (.snapshot, .recovery), (.readUse(everything: true), .reading),
        ] {
            options.priority = priority
            for (_, result) in await contacts.run({ _ in task }, with: [eid], options) { _ = try result.get() }
        }
        flow.takeKeys(of: masters, for: [eid], suite)
        #expect(flow.sessions >= 3 && flow.unknownSessions == 0)
        // What was read is as secret as a key: the time with the quantity, and what it cost.
        var (readings, amounts) = (0, [amount, balance, balance + amount])
        for series in ElementClient.useSeries {
            for record in try records.use(of: eid, series) where record.quantity > 0 {
                readings += 1
                flow.secrets.insert(key: Array(record.bytes.prefix(8)))
                amounts.append(record.spent.rawValue)
            }
        }
        #expect(readings > 40)
        return Story(
            secrets: flow.secrets, amounts: amounts.filter { $0 > 100_000 }, contents: try await chain.contents(),
            chain: chain)
    }

    /// An amount as bytes, and as digits.
    private static func finds(_ amount: UInt64, in search: SecretSearch) -> Bool {
        // Of a small one, random numbers have the bytes by chance.
        guard amount > 1 << 36 else { return search.finds(word: "\(amount)") }
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: amount >> (56 - 8 * UInt64($0))) }
        return search.finds(key: bytes) || search.finds(key: bytes.reversed()) || search.finds(word: "\(amount)")
    }

    @Test func `nothing secret is in memory, files, logs, trunks or on the line`() async throws {
        let story = try await Self.story()
        #expect(Set(story.contents.keys) == Set(UnitChain.Place.allCases))
        for (place, bytes) in story.contents {
            #expect(bytes.count > 40, "\(place)")
            let search = SecretSearch(bytes)
            let found = search.finding(story.secrets, bareBCD: false)
            #expect(found == nil, "\(place) shows \(found ?? "")")
            for amount in story.amounts { #expect(!Self.finds(amount, in: search), "\(place) shows \(amount)") }
        }
    }

    @Test func `what is planted is found, wherever it goes`() async throws {
        let story = try await Self.story()
        let key = try #require(story.secrets.keys.first)
        let digits = Array("\(Self.amount)".utf8)
        _ = await story.chain.exchange(
            with: await story.chain.meter, device: .element, priority: .load, timeLimit: .seconds(60),
            command: [0xB0, 0x10, 0, 0] + key + [0xFF] + digits)
        for (place, bytes) in try await story.chain.contents() where place != .logs {
            #expect(SecretSearch(bytes).finds(key: key), "\(place)")
        }
        // In a log there are words alone.
        let log = SecretSearch(Array("balance \(Self.amount), key \(SecretSearch.hexadecimal(key))".utf8))
        #expect(log.finds(key: key) && Self.finds(Self.amount, in: log))
    }
}
