import CardCrypto
import CardIOTesting
import HeadEnd
import ISO7816
import Issuing
import Meter
import MeterBench
import Records
import RecordsSQLite
import TestWorlds
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
    static let euro = Currency.euro
    static let limit = Amount(rawValue: 100_000_000)

    enum Part: CaseIterable { case masterKeyCard, card, meter }

    let losses = FaultPlan()
    let host = DyingProcess()
    let records: RecordFile
    private let suite: CipherSuite
    private let keys: HostKeys
    private let journal = MemoryJournal()
    private let master: TestCard
    private let card: TestCard
    private let gasMeter: TestGasMeter
    private var meter: OffLineMeter { gasMeter.meter }

    init() throws {
        suite = try CipherSuite()
        keys = try HostKeys(pid: PartyID(issuer: Self.issuer, kind: .host, number: 1))
        for purpose in Purpose.allCases { keys.hold(Self.master(purpose), as: KeyName(purpose, 1)) }
        keys.hold(Self.master(.admin, 0), as: .transport)
        master = try Self.masterKeyCard(keys)
        card = try TestCard(
            blank: Self.cardID, transportKey: try #require(keys.elementKey(.transport, of: Self.cardID, suite)))
        gasMeter = try Self.meter(keys, suite)
        records = try RecordFile(.inMemory, auditKey: keys.auditKey) { [host] in try host.pass($0) }
        try unlock()
    }

    private static func master(_ purpose: Purpose, _ version: UInt8 = 1) -> Secret {
        Secret(copying: [UInt8](repeating: purpose.rawValue << 4 | version, count: 16))
    }

    private static func masterKeyCard(_ keys: HostKeys) throws -> TestCard {
        try TestCard(
            MasterKeyImage(
                keys: keys.names.map { StoredKey(name: $0, key: master($0.purpose, $0.version)) }, pins: ["1234"],
                rules: DeskRules(
                    first: cardID, count: 10, allowing: [.storeCredit, .status, .putKey, .bind, .setState])),
            element: ElementImage(issued: masterID, purses: [Purse(.float, limit: limit.rawValue)]))
    }

    private static func meter(_ keys: HostKeys, _ suite: CipherSuite) throws -> TestGasMeter {
        let transfer = KeyName(.transfer, 1)
        let key = try #require(keys.elementKey(transfer, of: meterID, suite))
        return try TestGasMeter(
            ElementImage(
                issued: meterID, keys: [StoredKey(name: transfer, key: key)],
                purses: [Purse(.gas, limit: limit.rawValue)]), transportKey: key)
    }

    /// The failure switch of a part.
    func power(of part: Part) -> FailureSwitch {
        switch part {
        case .masterKeyCard: master.power
        case .card: card.power
        case .meter: gasMeter.power
        }
    }

    // MARK: What people do

    private var now: @Sendable () -> Timestamp { { Timestamp(rawValue: 1_767_225_600) } }
    private var toMaster: any CardChannel { FaultyChannel(master.channel, plan: losses) }
    private var toCard: any CardChannel { FaultyChannel(card.channel, plan: losses) }

    /// The custodian's PIN, past all disturbances.
    private func unlock() throws {
        let card = MasterKeyCard(master.channel)
        try card.select()
        try card.verify(
            try PIN(Secret(copying: Array("1234".utf8))), of: try #require(KeyCustodian(rawValue: 1)))
    }

    /// Power comes back; nothing has started yet.
    func restorePower() {
        for part in Part.allCases { power(of: part).restorePower() }
    }

    /// Cards are put in again, the meter starts from its memory, the custodian gives the PIN.
    func powerUp() throws {
        try master.insertAgain()
        try card.insertAgain()
        try gasMeter.powerUp()
        try unlock()
    }

    private func hostClient() throws -> ElementClient {
        ElementClient(records: records, authority: try keys.authority(register: records), clock: now)
    }

    /// The host fills the float.
    func fill(_ amount: UInt64) throws {
        _ = try hostClient().storeCredit(
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
        let client = ElementClient(records: records, authority: MasterKeyCardAuthority(toMaster), clock: now)
        _ = try client.storeCredit(
            Amount(rawValue: amount), for: .gas, in: Self.euro, over: toCard, reference: "load")
    }

    /// The host takes value back.
    func refund(_ amount: UInt64) throws {
        _ = try hostClient().refund(
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
        let (onCard, inMeter) = (try card.image, try gasMeter.image)
        let reading = try gasMeter.stored
        return Ledger(
            float: try master.image.balance(of: .float), card: onCard.balance(of: .gas),
            onTheWay: onCard.onTheWay(to: inMeter), meter: reading.purse?.balance.rawValue ?? 0,
            spent: reading.spent.rawValue, filling: try records.transactions(of: Self.masterID),
            selling: try records.transactions(of: Self.cardID))
    }
}
