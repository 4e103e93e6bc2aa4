import CardCrypto
import ISO7816
import Meter
import TestWorlds
import ValueElement
import ValueProtocol

/// An electric meter with a card slot, and a card with a purse for it and one for a gas meter.
final class SlotWorld: RedemptionWorld {
    static let meterID = PartyID(issuer: 0x00A1_B2C3, kind: .electricMeter, number: 0x77)
    static let gasMeterID = PartyID(issuer: 0x00A1_B2C3, kind: .gasMeter, number: 0x78)
    static let cardID = PartyID(issuer: 0x00A1_B2C3, kind: .subscriberCard, number: 0x11234)

    let subscriber: TestCard
    let electricMeter: TestElectricMeter
    let slot = CardSlot()
    var relay: SimulatedRelay { electricMeter.relay }
    var meter: ElectricMeter { electricMeter.meter }
    var meterPower: FailureSwitch { electricMeter.power }

    convenience init() throws { try self.init(onCard: 50_000_000) }

    init(onCard: UInt64 = 50_000_000, inMeter: UInt64 = 0, limit: UInt64 = 100_000_000, emergency: UInt64 = 0) throws {
        let meterKey = Secret(copying: (0..<16).map { UInt8($0) })
        let kx = try CipherSuite().cardToMeterKey(meterKey, version: 1, card: SlotWorld.cardID)
        let configuration = ElectricConfiguration(
            price: Amount(rawValue: 300_000),
            rules: CreditRules(token: Amount(rawValue: 1_000_000), emergency: Amount(rawValue: emergency)))
        electricMeter = try TestElectricMeter(
            ElementImage(
                issued: SlotWorld.meterID,
                keys: [Purpose.tariff, .transfer].map { StoredKey(name: KeyName($0, 1), key: meterKey) },
                purses: [Purse(.electricity, holds: inMeter, limit: limit)]),
            configuration, transportKey: meterKey, from: 1_767_225_600)
        subscriber = try TestCard(
            ElementImage(
                issued: SlotWorld.cardID,
                purses: [
                    Purse(.electricity, holds: onCard, limit: 1_000_000_000),
                    Purse(.gas, holds: 7_000_000, limit: 1_000_000_000),
                ],
                bindings: [
                    MeterBinding(service: .electricity, meter: SlotWorld.meterID, version: 1, kx: kx),
                    MeterBinding(service: .gas, meter: SlotWorld.gasMeterID, version: 1, kx: kx),
                ]))
        slot.insert(channel)
    }

    /// Power returns to both, the card is inserted again, and the meter starts from its memory.
    func powerUpAgain() throws {
        try subscriber.insertAgain()
        try electricMeter.powerUp()
        slot.insert(channel)
    }

    /// The total value in the memories: on the card, in the meter's purse and its current token, spent, lost with a
    /// token, minus the debt; and drawn but not credited.
    func total() throws -> Int64 {
        let (onCard, inMeter) = (try subscriber.image, try electricMeter.image)
        let reading = meter.reading
        let held = inMeter.balance(of: .electricity) + reading.remaining.rawValue
        let gone = reading.spent.rawValue + reading.forfeited.rawValue
        return Int64(onCard.balance(of: .electricity) + held + gone + onCard.onTheWay(to: inMeter))
            - Int64(reading.debt.rawValue)
    }

    var onCard: UInt64 { subscriber.balance(of: .electricity) }
    var inMeter: UInt64 { meter.reading.purse?.balance.rawValue ?? 0 }

    func redeem(_ max: Amount, over channel: any CardChannel) throws(MeterError) {
        _ = try meter.redeem(from: channel, max)
    }

    func redeemAll() throws(MeterError) { _ = try slot.redeem(into: meter) }
}
