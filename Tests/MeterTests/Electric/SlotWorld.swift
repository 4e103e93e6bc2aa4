import CardCrypto
import ISO7816
import Meter
import ValueElement
import ValueProtocol

/// An electric meter with a card slot, and a card with a purse for it and one for a gas meter; the power of either can be
/// cut at any write.
final class SlotWorld {
    static let meterID = PartyID(issuer: 0x00A1_B2C3, kind: .electricMeter, number: 0x77)
    static let gasMeterID = PartyID(issuer: 0x00A1_B2C3, kind: .gasMeter, number: 0x78)
    static let cardID = PartyID(issuer: 0x00A1_B2C3, kind: .subscriberCard, number: 0x11234)
    static let currency = Currency(rawValue: 978)

    let meterSwitch = FailureSwitch()
    let cardSwitch = FailureSwitch()
    let meterMemory: VolatileMemory
    let cardMemory: VolatileMemory
    let card: ValueCard
    let channel: InProcessChannel
    let slot = CardSlot()
    let relay = SimulatedRelay()
    private(set) var meter: ElectricMeter

    init(onCard: UInt64 = 50_000_000, inMeter: UInt64 = 0, limit: UInt64 = 100_000_000, emergency: UInt64 = 0) throws {
        let suite = try CipherSuite()
        let meterKey = Secret(copying: (0..<16).map { UInt8($0) })
        let kx = suite.cardToMeterKey(meterKey, version: 1, card: SlotWorld.cardID)
        var image = ElementImage(blank: SlotWorld.meterID, transportKey: nil)
        image.state = .issued
        image.put(StoredKey(name: KeyName(.transfer, 1), key: meterKey))
        image.put(
            Purse(
                service: .electricity, currency: SlotWorld.currency, limit: Amount(rawValue: limit),
                balance: Amount(rawValue: inMeter)))
        let configuration = ElectricConfiguration(
            price: Amount(rawValue: 300_000),
            rules: CreditRules(token: Amount(rawValue: 1_000_000), emergency: Amount(rawValue: emergency)))
        var records = try ElectricMeter.records(SlotWorld.meterID, transportKey: meterKey, configuration)
        records.merge(ValueCard.records(image)) { $1 }
        meterMemory = VolatileMemory(records, failure: meterSwitch)

        var cardImage = ElementImage(blank: SlotWorld.cardID, transportKey: nil)
        cardImage.state = .issued
        for (service, balance) in [(UtilityService.electricity, onCard), (.gas, 7_000_000)] {
            cardImage.put(
                Purse(
                    service: service, currency: SlotWorld.currency, limit: Amount(rawValue: 1_000_000_000),
                    balance: Amount(rawValue: balance)))
        }
        cardImage.put(MeterBinding(service: .electricity, meter: SlotWorld.meterID, version: 1, kx: kx))
        cardImage.put(MeterBinding(service: .gas, meter: SlotWorld.gasMeterID, version: 1, kx: kx))
        cardMemory = VolatileMemory(ValueCard.records(cardImage), failure: cardSwitch)
        card = try ValueCard(cardMemory)
        channel = try InProcessChannel(card)
        meter = try SlotWorld.power(meterMemory, relay)
        slot.insert(channel)
    }

    private static func power(_ memory: VolatileMemory, _ relay: SimulatedRelay) throws -> ElectricMeter {
        try ElectricMeter(
            memory, name: "electric meter",
            parts: ElectricParts(relays: [relay], clock: AdjustableClock { 1_767_225_600 }))
    }

    /// Power comes back everywhere, the card is put in again, the meter starts from its memory.
    func powerUpAgain() throws {
        meterSwitch.restorePower()
        cardSwitch.restorePower()
        try channel.reset()
        meter = try SlotWorld.power(meterMemory, relay)
        slot.insert(channel)
    }

    /// All the value there is, by what the memories hold: on the card, in the meter's purse and its token at work, spent,
    /// lost with a token, less what is owed; and drawn but not credited.
    func total() throws -> Int64 {
        let onCard = try ValueCard.images(in: cardMemory).element
        let inMeter = try ValueCard.images(in: meterMemory).element
        let drawn = onCard.slot(boundTo: SlotWorld.meterID)
        let credited = inMeter.credited.first { $0.card == SlotWorld.cardID }?.nt ?? 0
        let onTheWay = drawn.map { $0.nt > credited ? $0.amount.rawValue : 0 } ?? 0
        let reading = meter.reading
        let held = (inMeter.purse(.electricity)?.balance.rawValue ?? 0) + reading.remaining.rawValue
        let gone = reading.spent.rawValue + reading.forfeited.rawValue
        return Int64((onCard.purse(.electricity)?.balance.rawValue ?? 0) + held + gone + onTheWay)
            - Int64(reading.debt.rawValue)
    }

    var onCard: UInt64 { card.element?.image.purse(.electricity)?.balance.rawValue ?? 0 }
    var inMeter: UInt64 { meter.reading.purse?.balance.rawValue ?? 0 }
}
