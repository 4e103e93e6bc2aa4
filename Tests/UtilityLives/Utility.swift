import CardCrypto
import CardIOTesting
import HeadEnd
import ISO7816
import Issuing
import Meter
import Records
import RecordsSQLite
import TestWorlds
import ValueElement
import ValueProtocol

/// A small utility: one host with its records and its journal, a reseller's master-key card with a float, cards with purses
/// in two currencies, gas and water meters that nobody but a card visits, and electric meters. Every memory has a power that
/// can be cut, every message between them can be lost, and the host's process can die at every write.
package final class Utility {
    static let issuer: UInt32 = 0x00A1_B2C3
    static let limit = Amount(rawValue: 500_000_000)
    static let resellerID = PartyID(issuer: issuer, kind: .masterKeyCard, number: 1)
    static let hostID = PartyID(issuer: issuer, kind: .host, number: 7)
    private static let auditKey = Secret(copying: [UInt8](repeating: 0x41, count: 32))
    /// A meter has room for 32 cards, and a master-key card for 9 versions of its keys.
    static let maxCardCount = 28
    static let maxKeyVersion: UInt8 = 9

    let store: any LifeStore
    private(set) var cards: [LifeCard] = []
    private(set) var meters: [LifeMeter] = []
    private(set) var electricMeters: [LifeElectricMeter] = []
    private(set) var reseller: TestCard
    let losses = FaultPlan()
    let clock = LifeClock()
    /// The newest version of the host's keys.
    private(set) var keyVersion: UInt8 = 1
    private(set) var process = MortalProcess()
    private(set) var host: HostContext
    private(set) var records: any RecordStore & SQLRecords
    private let suite: CipherSuite
    private var cardCount: UInt32 = 0

    package init(cards: Int = 4, in store: any LifeStore) throws {
        self.store = store
        suite = try CipherSuite()
        reseller = try Self.reseller(upTo: 1)
        (host, records) = try Self.open(store, process, clock, upTo: 1)
        for (service, count) in [(UtilityService.gas, 2), (.water, 2)] {
            for _ in 0..<count { try addMeter(of: service) }
        }
        try addElectricMeter()
        _ = try workplace(over: reseller.channel).bind(
            PursePlan(service: .float, currency: .euro, limit: Self.limit)
        ) { _, _ in }
        for index in 0..<cards {
            let card = LifeCard(try blankCard(), slots: [.gas: index % 2, .water: 2 + index % 2])
            let plan = try IssuePlan(
                eid: card.eid, held: try host.masterKeys(),
                purses: card.slots.map { purse($0, boundTo: meters[$1].eid) })
            _ = try workplace(over: card.card.channel).issue(plan)
            card.keyVersion = 1
            add(card)
        }
    }

    // MARK: Keys

    static func master(_ name: KeyName) -> Secret {
        Secret(copying: [UInt8](repeating: name.purpose.rawValue << 4 | name.version, count: 16))
    }

    private static let transport = Secret(copying: [UInt8](repeating: 0x40, count: 16))

    static func keys(upTo version: UInt8) -> sending HostKeys {
        let keys = HostKeys(pid: hostID, auditKey: auditKey)
        keys.hold(transport, as: .transport)
        for name in names(upTo: version) { keys.hold(master(name), as: name) }
        return keys
    }

    private static func names(upTo version: UInt8) -> [KeyName] {
        (1...version).flatMap { version in Purpose.allCases.map { KeyName($0, version) } }
    }

    private static func reseller(upTo version: UInt8) throws -> TestCard {
        try TestCard(
            masterKeys(upTo: version), element: ElementImage(issued: resellerID, purses: [Purse(.float, limit: 0)]))
    }

    private static func masterKeys(upTo version: UInt8) -> MasterKeyImage {
        MasterKeyImage(
            keys: names(upTo: version).map { StoredKey(name: $0, key: master($0)) }, pins: ["1234"],
            rules: DeskRules(allowing: [.storeCredit, .status]))
    }

    private func elementKeys(of eid: PartyID, version: UInt8 = 1) throws -> [StoredKey] {
        let keys = Self.keys(upTo: version)
        return Purpose.allCases.compactMap { purpose in
            let name = KeyName(purpose, version)
            return keys.elementKey(name, of: eid, suite).map { StoredKey(name: name, key: $0) }
        }
    }

    func elementKey(_ name: KeyName, of eid: PartyID) throws -> StoredKey {
        guard let key = Self.keys(upTo: keyVersion).elementKey(name, of: eid, suite) else {
            throw SessionError(.noMasterKey, "\(name)")
        }
        return StoredKey(name: name, key: key)
    }

    /// The custodians make this version of every key, for the host and for the reseller's card.
    func makeKeys(_ version: UInt8) throws {
        keyVersion = version
        guard var image = try reseller.masterKeyImage else { throw SessionError(.noMasterKey, "\(Self.resellerID)") }
        image.keys = Self.masterKeys(upTo: keyVersion).keys
        let records = try ValueCard.records(image, element: reseller.image)
        try reseller.memory.commit(records.map { RecordChange($0, $1) })
        try reseller.insertAgain()
        try restart()
    }

    // MARK: The host

    private static func open(
        _ store: any LifeStore, _ process: MortalProcess, _ clock: LifeClock, upTo version: UInt8
    ) throws -> (HostContext, any RecordStore & SQLRecords) {
        let records = MortalRecords(try store.open(auditKey: auditKey), of: process)
        let host = HostContext(HostFolder("utility"), records: records, keys: keys(upTo: version)) { clock.now }
        return (host, records)
    }

    /// The host's program begins anew, with what the one before committed.
    func restart() throws {
        process = MortalProcess()
        (host, records) = try Self.open(store, process, clock, upTo: keyVersion)
    }

    /// The records are other ones, or gone.
    func replaceRecords(by copy: Int?) throws {
        try store.restore(copy)
        try restart()
    }

    /// Somebody with this host's keys works without its records.
    func elsewhere() throws -> ElementClient {
        let other = try RecordFile.inMemory()
        return ElementClient(records: other, authority: try Self.keys(upTo: keyVersion).authority(register: other))
    }

    // MARK: What comes

    /// A blank card, not yet issued.
    func blankCard() throws -> TestCard {
        cardCount += 1
        let eid = PartyID(issuer: Self.issuer, kind: .subscriberCard, number: cardCount)
        guard let key = Self.keys(upTo: 1).elementKey(.transport, of: eid, suite) else {
            throw SessionError(.noMasterKey, "\(KeyName.transport)")
        }
        return try TestCard(blank: eid, transportKey: key)
    }

    func add(_ card: LifeCard) { cards.append(card) }

    func purse(_ service: UtilityService, boundTo meter: PartyID) -> PursePlan {
        PursePlan(service: service, currency: Self.currency(of: service), limit: Self.limit, meter: meter)
    }

    static func currency(of service: UtilityService) -> Currency { service == .water ? .dollar : .euro }

    private func addMeter(of service: UtilityService) throws {
        let kind = PartyKind(rawValue: service.rawValue)
        let eid = PartyID(issuer: Self.issuer, kind: kind, number: UInt32(meters.count + 1))
        let purse = Purse(service, limit: UInt64(Int64.max), in: Self.currency(of: service))
        meters.append(
            LifeMeter(
                try TestGasMeter(
                    ElementImage(issued: eid, keys: try elementKeys(of: eid), purses: [purse]),
                    transportKey: Self.transport),
                eid, service))
    }

    private func addElectricMeter() throws {
        let eid = PartyID(
            issuer: Self.issuer, kind: .electricMeter, number: UInt32(electricMeters.count + 1))
        let purse = Purse(.electricity, limit: UInt64(Int64.max))
        electricMeters.append(
            LifeElectricMeter(
                try TestElectricMeter(
                    ElementImage(issued: eid, keys: try elementKeys(of: eid), purses: [purse]),
                    ElectricConfiguration(
                        price: Amount(rawValue: 300_000), rules: CreditRules(token: Amount(rawValue: 1_000_000))),
                    transportKey: Self.transport, from: clock.now.rawValue)))
    }

    /// A quarter of an hour, by everybody's clock.
    func passTime() {
        clock.pass(900)
        for meter in meters { meter.meter.time.set(to: clock.now) }
        for meter in electricMeters { meter.meter.time = clock.now.rawValue }
    }

    // MARK: The way there

    func channel(to card: TestCard) -> any CardChannel { FaultyChannel(card.channel, plan: losses) }

    func channel(to meter: LifeMeter) throws -> any CardChannel {
        FaultyChannel(try InProcessChannel(meter.meter.meter), plan: losses)
    }

    func channel(to meter: LifeElectricMeter) throws -> any CardChannel {
        FaultyChannel(try InProcessChannel(meter.meter.meter), plan: losses)
    }

    func workplace(over channel: any CardChannel) throws -> ClerkWorkplace { try host.workplace(over: channel) }

    /// The reseller's workplace, whose float pays.
    func resale(over channel: any CardChannel) throws -> ClerkWorkplace {
        let card = MasterKeyCard(self.channel(to: reseller))
        try card.select()
        guard let custodian = KeyCustodian(rawValue: 1) else { preconditionFailure("custodians are 1 to 8") }
        try card.verify(try PIN(Secret(copying: Array("1234".utf8))), of: custodian)
        return try host.workplace(over: channel, by: card)
    }

    /// Power comes back, no message is lost, and a host that died begins anew.
    func restore(_ parts: [LifePart]) throws {
        losses.fault = .none
        for part in parts { try part.powerUp() }
        if process.isDead { try restart() }
    }

    /// Everything that has a power.
    var parts: [LifePart] {
        [.card(reseller)] + cards.map { .card($0.card) } + meters.map { .meter($0) }
            + electricMeters.map { .electricMeter($0) }
    }
}

extension Currency {
    /// USD.
    static let dollar = Currency(rawValue: 840)
}
