import CardCrypto
import Meter
import Metrology
import TestWorlds
import ValueElement
import ValueProtocol

/// An electric meter on which a host stores credit.
typealias ElectricWorld = TestElectricMeter

extension TestElectricMeter {
    static let meterID = PartyID(issuer: 0x00A1_B2C3, kind: .electricMeter, number: 0x77)
    static let currency = Currency.euro
    private static let key = Secret(copying: (0..<16).map { UInt8($0) })

    /// - Parameter value: in its purse, in micro-units.
    convenience init(
        value: UInt64, _ configuration: ElectricConfiguration, tariff: TariffTable? = nil, from time: UInt32 = monday
    ) throws {
        try self.init(Self.image(value, tariff), configuration, transportKey: Self.key, from: time)
    }

    /// A meter with one relay, or one for each channel.
    ///
    /// - Parameters:
    ///   - value: in its purse, in micro-units.
    ///   - configuration: with which it was made.
    ///   - rules: the first is in force, the others wait.
    ///   - debt: that was added.
    ///   - time: of its crystal.
    convenience init(
        value: UInt64, _ configuration: ElectricConfiguration = rulesConfiguration, rules: [SupplyRules],
        debt: UInt64 = 0, from time: UInt32 = monday
    ) throws {
        var image = Self.image(value, nil)
        let stored = rules.map { StoredChargeSystem(.rules($0), time: Timestamp(rawValue: 1)) }
        image.charges = ChargeList(inForce: stored.first, ahead: Array(stored.dropFirst()))
        image.debt.lend(Amount(rawValue: debt))
        try self.init(image, configuration, transportKey: Self.key, from: time)
    }

    /// Rules say everything else.
    static var rulesConfiguration: ElectricConfiguration {
        ElectricConfiguration(
            price: Amount(rawValue: 9_999_999), rules: CreditRules(token: Amount(rawValue: 100_000)))
    }

    private static func image(_ value: UInt64, _ tariff: TariffTable?) -> ElementImage {
        var image = ElementImage(
            issued: meterID, keys: [.credit, .usage, .admin].map { StoredKey(name: KeyName($0, 1), key: key) },
            purses: [Purse(.electricity, holds: value, limit: 1 << 50)])
        let inForce = tariff.map {
            StoredChargeSystem(.table($0, effective: Timestamp(rawValue: 1)), time: Timestamp(rawValue: 1))
        }
        image.charges = ChargeList(inForce: inForce, ahead: [])
        return image
    }

    /// Of an issued meter.
    static func records(
        _ value: UInt64, _ configuration: ElectricConfiguration, _ tariff: TariffTable? = nil
    ) throws -> [RecordName: [UInt8]] {
        try records(image(value, tariff), configuration, transportKey: key)
    }

    /// Lets a minute pass at a load; it begins with the meter's `tick()`.
    func minute(watts: Int64) throws {
        try meter.tick()
        // If supply continues for another reason, the rest of the minute is used too.
        var rest = Energy(microjoules: watts * 60_000_000)
        while rest > .zero, relay.isClosed {
            let part = min(rest, meter.energyUntilCut ?? rest)
            try meter.count([part])
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

    /// The host's SET CLOCK, over the meter's own port.
    func setClock(to time: UInt32) throws {
        let suite = try CipherSuite()
        let host = PartyID(issuer: 0x00A1_B2C3, kind: .host, number: 1)
        var session = AuthoritySession(key: KeyName(.admin, 1), pid: host, r1: try SystemRandomness().block())
        let answer = try meter.process([0x80, 0x50, 0x04, 0x01, 24] + session.request + [0])
        try session.authenticate(
            answer.dropLast(2), from: ElectricWorld.meterID, key: Secret(copying: (0..<16).map { UInt8($0) }), suite)
        let sealed = try session.seal(SetClock(Timestamp(rawValue: time)).request, op: .setClock, suite)
        _ = try meter.process([0x80, 0x52, 0x09, 0x00, UInt8(sealed.count)] + sealed + [0])
    }

    /// The host's STORE CREDIT, over the meter's own port.
    func load(_ amount: UInt64, htxn: UInt64) throws { try carryOut(.storeCredit, amount, htxn: htxn) }

    /// The host's REFUND, over the meter's own port.
    func refund(_ amount: UInt64, htxn: UInt64) throws { try carryOut(.refund, amount, htxn: htxn) }

    private func carryOut(_ operation: OperationCode, _ amount: UInt64, htxn: UInt64) throws {
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
        let sealed = try session.seal(order.request, op: operation, suite)
        _ = try meter.process([0x80, 0x52, operation.rawValue, 0x00, UInt8(sealed.count)] + sealed + [0])
    }

    /// The records of a series, as READ USAGE returns them: start, quantity, spent.
    func usage(_ series: UsageSeries) -> [(start: UInt32, quantity: UInt32, spent: UInt64)] {
        meter.usage(series).map { ($0.start.rawValue, $0.quantity, $0.spent.rawValue) }
    }

    var events: [EventRecord] { meter.events() }

    /// The invariant.
    var isBalanced: Bool {
        let now = meter.reading
        return now.drawn.rawValue + now.debt.rawValue + now.paid.rawValue + now.debtRemitted.rawValue
            == now.spent.rawValue + now.remaining.rawValue + now.forfeited.rawValue + now.deposited.rawValue
            + now.debtAdded.rawValue
    }
}
