import CardCrypto
import Meter
import Metrology
import ValueElement
import ValueProtocol

/// One electric meter over a memory whose power can be cut at any write, and the time it lives in.
final class ElectricWorld {
    static let meterID = PartyID(issuer: 0x00A1_B2C3, kind: .electricMeter, number: 0x77)
    static let currency = Currency(rawValue: 978)
    /// 2026-01-05, a Monday, 00:00 UTC.
    static let monday: UInt32 = 1_767_571_200

    let failure = FailureSwitch()
    let memory: VolatileMemory
    let relay = SimulatedRelay()
    let buzzer = SimulatedBuzzer()
    let sensors = SimulatedSensors()
    /// Seconds of the crystal.
    var time: UInt32
    private(set) var meter: ElectricMeter!

    init(
        value: UInt64, _ configuration: ElectricConfiguration, tariff: TariffTable? = nil, from time: UInt32 = monday
    ) throws {
        self.time = time
        memory = VolatileMemory(try Self.records(value, configuration, tariff), failure: failure)
        try powerUp()
    }

    /// Of an issued meter.
    static func records(
        _ value: UInt64, _ configuration: ElectricConfiguration, _ tariff: TariffTable? = nil
    ) throws -> [RecordName: [UInt8]] {
        let key = Secret(copying: (0..<16).map { UInt8($0) })
        var image = ElementImage(blank: ElectricWorld.meterID, transportKey: nil)
        image.state = .issued
        image.put(StoredKey(name: KeyName(.credit, 1), key: key))
        image.put(StoredKey(name: KeyName(.usage, 1), key: key))
        image.put(StoredKey(name: KeyName(.admin, 1), key: key))
        image.put(
            Purse(
                service: .electricity, currency: ElectricWorld.currency, limit: Amount(rawValue: 1 << 50),
                balance: Amount(rawValue: value)))
        image.currentTariff = tariff.map {
            StoredTariff(effective: Timestamp(rawValue: 1), time: Timestamp(rawValue: 1), table: $0)
        }
        var records = try ElectricMeter.records(ElectricWorld.meterID, transportKey: key, configuration)
        records.merge(ValueCard.records(image)) { $1 }
        return records
    }

    /// Power is back: the meter starts from its memory.
    func powerUp() throws {
        failure.restorePower()
        let parts = ElectricParts(
            relays: [relay], buzzer: buzzer, sensors: sensors, clock: AdjustableClock { [unowned self] in time })
        meter = try ElectricMeter(memory, parts: parts)
    }

    /// Lets a minute pass at a load; it begins with the meter's look at the clock.
    func minute(watts: Int64) throws {
        try meter.tick()
        // What is left of the minute when supply goes on for another reason is used too.
        var rest = watts * 60_000_000
        while rest > 0, relay.isClosed {
            let part = min(rest, meter.energyUntilCut?.microjoules ?? rest)
            try meter.count([Energy(microjoules: part)])
            rest -= part
        }
        time += 60
    }

    /// The host's SET STATE, over the meter's own port.
    func setState(_ state: LifeCycle) throws {
        let suite = try CipherSuite()
        let host = PartyID(issuer: 0x00A1_B2C3, kind: .host, number: 1)
        var session = AuthoritySession(key: KeyName(.admin, 1), pid: host, r1: try SystemRandomness().block())
        let answer = try meter.process([0x80, 0x50, 0x04, 0x01, 24] + session.request + [0])
        try session.authenticate(
            answer.dropLast(2), from: ElectricWorld.meterID, key: Secret(copying: (0..<16).map { UInt8($0) }), suite)
        let sealed = try session.seal([state.rawValue], op: .setState, suite)
        _ = try meter.process([0x80, 0x52, 0x08, 0x00, UInt8(sealed.count)] + sealed + [0])
    }

    /// The host's STORE CREDIT, over the meter's own port.
    func load(_ amount: UInt64, htxn: UInt64) throws {
        let suite = try CipherSuite()
        let host = PartyID(issuer: 0x00A1_B2C3, kind: .host, number: 1)
        var session = AuthoritySession(key: KeyName(.credit, 1), pid: host, r1: try SystemRandomness().block())
        let answer = try meter.process([0x80, 0x50, 0x01, 0x01, 24] + session.request + [0])
        try session.authenticate(
            answer.dropLast(2), from: ElectricWorld.meterID, key: Secret(copying: (0..<16).map { UInt8($0) }), suite)
        let order = StoreCredit(
            CreditOrder(
                htxn: HostTransaction(rawValue: htxn), service: .electricity, currency: ElectricWorld.currency,
                amount: Amount(rawValue: amount), time: Timestamp(rawValue: time)))
        let sealed = try session.seal(order.request, op: .storeCredit, suite)
        _ = try meter.process([0x80, 0x52, 0x01, 0x00, UInt8(sealed.count)] + sealed + [0])
    }

    /// The records of a series, as READ USAGE has them: start, quantity, spent.
    func usage(_ series: UsageSeries) -> [(start: UInt32, quantity: UInt32, spent: UInt64)] {
        meter.usage(series).map { ($0.start.rawValue, $0.quantity, $0.spent.rawValue) }
    }

    var events: [EventRecord] { meter.events() }

    /// What holds at every moment.
    var isBalanced: Bool {
        let now = meter.reading
        return now.drawn.rawValue + now.debt.rawValue
            == now.spent.rawValue + now.remaining.rawValue + now.forfeited.rawValue
    }
}

/// SplitMix64, so that a test is the same each time.
struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
