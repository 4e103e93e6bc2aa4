import CardCrypto
import ISO7816
import Meter
import TestWorlds
import ValueElement
import ValueProtocol

/// A gas meter and a card bound to it.
final class GasWorld: RedemptionWorld {
    static let meterID = PartyID(issuer: 0x00A1_B2C3, kind: .gasMeter, number: 0x78)
    static let cardID = PartyID(issuer: 0x00A1_B2C3, kind: .subscriberCard, number: 0x11234)
    static let currency = Currency.euro

    let subscriber: TestCard
    let gasMeter: TestGasMeter
    var meter: OffLineMeter { gasMeter.meter }
    var meterPower: FailureSwitch { gasMeter.power }

    convenience init() throws { try self.init(onCard: 50_000_000) }

    init(
        onCard: UInt64 = 50_000_000, limit: UInt64 = 100_000_000, inMeter: UInt64 = 0, price: UInt64 = 900_000,
        bound: Bool = true, cardState: LifeCycle = .issued, currency: Currency = GasWorld.currency,
        prepare: (inout ElementImage, inout ElementImage) -> Void = { _, _ in }
    ) throws {
        let meterKey = Secret(copying: (0..<16).map { UInt8($0) })
        let kx = try CipherSuite().cardToMeterKey(meterKey, version: 1, card: GasWorld.cardID)
        var meterImage = ElementImage(
            issued: GasWorld.meterID, keys: [StoredKey(name: KeyName(.transfer, 1), key: meterKey)],
            purses: [Purse(.gas, holds: inMeter, limit: limit, in: GasWorld.currency)])
        var cardImage = ElementImage(
            issued: GasWorld.cardID, purses: [Purse(.gas, holds: onCard, limit: 1_000_000_000, in: currency)],
            bindings: bound ? [MeterBinding(service: .gas, meter: GasWorld.meterID, version: 1, kx: kx)] : [],
            state: cardState)
        prepare(&meterImage, &cardImage)
        gasMeter = try TestGasMeter(meterImage, transportKey: meterKey, price: price, lowCredit: 5_000_000)
        subscriber = try TestCard(cardImage)
    }

    /// Power returns to both, the card is inserted again, and the meter starts from its memory.
    func powerUpAgain() throws {
        try subscriber.insertAgain()
        try gasMeter.powerUp()
    }

    /// The total value in the memories: on the card, in the meter, spent, and drawn but not credited.
    func total() throws -> Int64 {
        let (onCard, inMeter) = (try subscriber.image, try gasMeter.image)
        let held = onCard.balance(of: .gas) + inMeter.balance(of: .gas) + onCard.onTheWay(to: inMeter)
        return Int64(held + meter.reading.spent.rawValue)
    }

    var onCard: UInt64 { subscriber.balance(of: .gas) }
    var inMeter: UInt64 { meter.reading.purse?.balance.rawValue ?? 0 }

    func redeem(_ max: Amount, over channel: any CardChannel) throws(MeterError) {
        _ = try meter.redeem(from: channel, max)
    }

    func redeemAll() throws(MeterError) { _ = try meter.redeem(from: channel) }
}
