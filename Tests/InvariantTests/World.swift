import CardCrypto
import HeadEnd
import ISO7816
import Issuing
import Meter
import MeterBench
import Records
import RecordsSQLite
import Testing
import ValueElement
import ValueProtocol

/// The host's records, a master-key card with a float, a subscriber card and a gas meter, each over a memory whose power
/// can be cut, and every way between them disturbed.
///
/// Value flows as it does in the field: host to float, float to card, card to meter, meter to gas, and back from the card
/// to the host.
final class World {
    static let issuer: UInt32 = 0x00A1_B2C3
    static let masterID = PartyID(issuer: issuer, kind: .masterKeyCard, number: 1)
    static let cardID = PartyID(issuer: issuer, kind: .subscriberCard, number: 0x1234)
    static let meterID = PartyID(issuer: issuer, kind: .gasMeter, number: 0x78)
    static let euro = Currency(rawValue: 978)
    static let limit = Amount(rawValue: 100_000_000)

    enum Part: CaseIterable { case masterKeyCard, card, meter }

    let disturbance = Disturbance()
    let host = MortalHost()
    let switches: [Part: FailureSwitch]
    let records: RecordFile
    private let suite: CipherSuite
    private let keys: HostKeys
    private let journal = MemoryJournal()
    private let memories: [Part: VolatileMemory]
    private let masterChannel: InProcessChannel
    private let cardChannel: InProcessChannel
    private(set) var meter: OffLineMeter

    init() throws {
        suite = try CipherSuite()
        keys = try HostKeys(pid: PartyID(issuer: Self.issuer, kind: .host, number: 1))
        for purpose in Purpose.allCases { keys.hold(Self.master(purpose), as: KeyName(purpose, 1)) }
        keys.hold(Self.master(.admin, 0), as: .transport)
        switches = Dictionary(uniqueKeysWithValues: Part.allCases.map { ($0, FailureSwitch()) })
        memories = [
            .masterKeyCard: VolatileMemory(Self.masterRecords(keys), failure: switches[.masterKeyCard]),
            .card: VolatileMemory(
                ValueCard.blank(
                    Self.cardID, transportKey: try #require(keys.elementKey(.transport, of: Self.cardID, suite))),
                failure: switches[.card]),
            .meter: VolatileMemory(try Self.meterRecords(keys, suite), failure: switches[.meter]),
        ]
        masterChannel = try InProcessChannel(try ValueCard(try #require(memories[.masterKeyCard])))
        cardChannel = try InProcessChannel(try ValueCard(try #require(memories[.card])))
        meter = try Self.power(try #require(memories[.meter]))
        records = try RecordFile(.inMemory, auditKey: keys.auditKey) { [host] in try host.pass($0) }
        try unlock()
    }

    private static func master(_ purpose: Purpose, _ version: UInt8 = 1) -> Secret {
        Secret(copying: [UInt8](repeating: purpose.rawValue << 4 | version, count: 16))
    }

    private static func masterRecords(_ keys: HostKeys) -> [RecordName: [UInt8]] {
        var image = MasterKeyImage()
        image.custodians[0] = Custodian(pin: Secret(copying: Array("1234".utf8)))
        image.keys = keys.names.map { StoredKey(name: $0, key: master($0.purpose, $0.version)) }
        let allowed: [OperationCode] = [.storeCredit, .status, .putKey, .bind, .setState]
        image.rules = DeskRules(first: cardID, count: 10, operations: allowed.reduce(0) { $0 | $1.ruleBit })
        var element = ElementImage(blank: masterID, transportKey: nil)
        element.state = .issued
        element.put(Purse(service: .float, currency: euro, limit: limit))
        return ValueCard.records(image, element: element)
    }

    private static func meterRecords(_ keys: HostKeys, _ suite: CipherSuite) throws -> [RecordName: [UInt8]] {
        let transfer = KeyName(.transfer, 1)
        let key = try #require(keys.elementKey(transfer, of: meterID, suite))
        var image = ElementImage(blank: meterID, transportKey: nil)
        image.state = .issued
        image.put(StoredKey(name: transfer, key: key))
        image.put(Purse(service: .gas, currency: euro, limit: limit))
        let price = Amount(rawValue: 900_000)
        return OffLineMeter.records(meterID, transportKey: key, price: price)
            .merging(ValueCard.records(image)) { $1 }
    }

    private static func power(_ memory: VolatileMemory) throws -> OffLineMeter {
        try OffLineMeter(memory, name: "gas meter", parts: MeterParts(clock: AdjustableClock { 1_767_225_600 }))
    }

    // MARK: What people do

    private var now: @Sendable () -> Timestamp { { Timestamp(rawValue: 1_767_225_600) } }
    private var toMaster: any CardChannel { DisturbedChannel(masterChannel, disturbance) }
    private var toCard: any CardChannel { DisturbedChannel(cardChannel, disturbance) }

    /// The custodian's PIN, past all disturbances.
    private func unlock() throws {
        let card = MasterKeyCard(masterChannel)
        try card.select()
        try card.verify(
            try PIN(Secret(copying: Array("1234".utf8))), of: try #require(KeyCustodian(rawValue: 1)))
    }

    /// Power comes back; nothing has started yet.
    func restorePower() {
        for power in switches.values { power.restorePower() }
    }

    /// Cards are put in again, the meter starts from its memory, the custodian gives the PIN.
    func powerUp() throws {
        try masterChannel.reset()
        try cardChannel.reset()
        meter = try Self.power(try #require(memories[.meter]))
        try unlock()
    }

    private func hostDesk() throws -> CreditDesk {
        CreditDesk(records: records, authority: try keys.authority(register: records), clock: now)
    }

    /// The host fills the float.
    func fill(_ amount: UInt64) throws {
        _ = try hostDesk().storeCredit(
            Amount(rawValue: amount), for: .float, in: Self.euro, over: toMaster, reference: "fill")
        // The host used the card's purse application, so the custodian gives the PIN anew.
        try unlock()
    }

    /// The desk issues the blank card, unless that is done.
    func issue() throws {
        let desk = IssuingDesk(
            authority: MasterKeyCardAuthority(toMaster), journal: journal, clock: now)
        guard try journal.progress(of: Self.cardID)?.stage != .verified else { return }
        let held = keys.names.filter { $0.version > 0 }.map {
            KeyDescriptor($0, suite.checkValue(of: Self.master($0.purpose)))
        }
        let purse = PursePlan(service: .gas, currency: Self.euro, limit: Self.limit, meter: Self.meterID)
        _ = try desk.issue(try IssuePlan(eid: Self.cardID, held: held, purses: [purse]), over: toCard)
    }

    /// The desk sells from its float.
    func load(_ amount: UInt64) throws {
        let desk = CreditDesk(records: records, authority: MasterKeyCardAuthority(toMaster), clock: now)
        _ = try desk.storeCredit(
            Amount(rawValue: amount), for: .gas, in: Self.euro, over: toCard, reference: "load")
    }

    /// The host takes value back.
    func refund(_ amount: UInt64) throws {
        _ = try hostDesk().refund(
            Amount(rawValue: amount), for: .gas, in: Self.euro, over: toCard, reference: "refund")
    }

    /// The card is put into the meter until the meter was given `amount` in all.
    func redeem(upTo amount: UInt64) throws {
        // What is on the way is credited first; only then it is known what is missing.
        _ = try meter.redeem(from: toCard, .zero)
        let given = try ledger().received
        guard given < amount else { return }
        _ = try meter.redeem(from: toCard, Amount(rawValue: amount - given))
    }

    /// Gas flows until the meter has counted `litres` in all.
    func use(upTo litres: UInt64) throws {
        let counter = meter.reading.counter
        _ = try meter.use(litres - min(litres, counter))
    }

    // MARK: What there is

    /// What everybody's memories hold now, not what runs believe.
    func ledger() throws -> Ledger {
        func image(_ part: Part) throws -> ElementImage {
            try ValueCard.images(in: try #require(memories[part])).element
        }
        let meterReading = try Self.power(try #require(memories[.meter])).reading
        let card = try image(.card)
        let credited = try image(.meter).credited.first { $0.card == Self.cardID }?.nt ?? 0
        let slot = card.slot(boundTo: Self.meterID)
        return Ledger(
            float: try image(.masterKeyCard).purse(.float)?.balance.rawValue ?? 0,
            card: card.purse(.gas)?.balance.rawValue ?? 0,
            onTheWay: slot.map { $0.nt > credited ? $0.amount.rawValue : 0 } ?? 0,
            meter: meterReading.purse?.balance.rawValue ?? 0, spent: meterReading.spent.rawValue,
            filling: try records.transactions(of: Self.masterID), selling: try records.transactions(of: Self.cardID))
    }
}
