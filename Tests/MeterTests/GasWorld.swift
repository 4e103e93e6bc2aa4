import CardCrypto
import ISO7816
import Meter
import ValueElement
import ValueProtocol

/// One gas meter and one card bound to it, each over a memory whose power can be cut at any write.
final class GasWorld {
    static let meterID = PartyID(issuer: 0x00A1_B2C3, kind: .gasMeter, number: 0x78)
    static let cardID = PartyID(issuer: 0x00A1_B2C3, kind: .subscriberCard, number: 0x11234)
    static let currency = Currency(rawValue: 978)

    let meterSwitch = FailureSwitch()
    let cardSwitch = FailureSwitch()
    let cardMemory: VolatileMemory
    let meterMemory: VolatileMemory
    let card: ValueCard
    let channel: InProcessChannel
    let valve = SimulatedValve()
    private(set) var meter: OffLineMeter

    init(
        onCard: UInt64 = 50_000_000, limit: UInt64 = 100_000_000, inMeter: UInt64 = 0, price: UInt64 = 900_000,
        bound: Bool = true, cardState: LifeCycle = .issued, currency: Currency = GasWorld.currency,
        prepare: (inout ElementImage, inout ElementImage) -> Void = { _, _ in }
    ) throws {
        let suite = try CipherSuite()
        let meterKey = Secret(copying: (0..<16).map { UInt8($0) })
        let kx = suite.cardToMeterKey(meterKey, version: 1, card: GasWorld.cardID)
        var meterImage = ElementImage(blank: GasWorld.meterID, transportKey: nil)
        meterImage.state = .issued
        meterImage.put(StoredKey(name: KeyName(.transfer, 1), key: meterKey))
        meterImage.put(
            Purse(
                service: .gas, currency: GasWorld.currency, limit: Amount(rawValue: limit),
                balance: Amount(rawValue: inMeter)))
        var cardImage = ElementImage(blank: GasWorld.cardID, transportKey: nil)
        cardImage.state = cardState
        cardImage.put(
            Purse(
                service: .gas, currency: currency, limit: Amount(rawValue: 1_000_000_000),
                balance: Amount(rawValue: onCard)))
        if bound { cardImage.put(MeterBinding(service: .gas, meter: GasWorld.meterID, version: 1, kx: kx)) }
        prepare(&meterImage, &cardImage)

        var meterRecords = OffLineMeter.records(
            GasWorld.meterID, transportKey: meterKey, price: Amount(rawValue: price),
            lowCredit: Amount(rawValue: 5_000_000))
        meterRecords.merge(ValueCard.records(meterImage)) { $1 }
        meterMemory = VolatileMemory(meterRecords, failure: meterSwitch)
        cardMemory = VolatileMemory(ValueCard.records(cardImage), failure: cardSwitch)
        card = try ValueCard(cardMemory)
        channel = try InProcessChannel(card)
        meter = try GasWorld.power(meterMemory, valve)
    }

    private static func power(_ memory: VolatileMemory, _ valve: SimulatedValve) throws -> OffLineMeter {
        try OffLineMeter(
            memory, name: "gas meter", parts: MeterParts(valve: valve, clock: AdjustableClock { 1_767_225_600 }))
    }

    /// Power comes back everywhere, the card is put in again, the meter starts from its memory.
    func powerUpAgain() throws {
        meterSwitch.restorePower()
        cardSwitch.restorePower()
        try channel.reset()
        meter = try GasWorld.power(meterMemory, valve)
    }

    /// All the value there is, by what the memories hold: on the card, in the meter, spent, and drawn but not credited.
    func total() throws -> UInt64 {
        let onCard = try ValueCard.images(in: cardMemory).element
        let inMeter = try ValueCard.images(in: meterMemory).element
        let slot = onCard.slot(boundTo: GasWorld.meterID)
        let credited = inMeter.credited.first { $0.card == GasWorld.cardID }?.nt ?? 0
        let onTheWay = slot.map { $0.nt > credited ? $0.amount.rawValue : 0 } ?? 0
        return (onCard.purse(.gas)?.balance.rawValue ?? 0) + (inMeter.purse(.gas)?.balance.rawValue ?? 0) + onTheWay
            + meter.reading.spent.rawValue
    }

    var onCard: UInt64 { card.element?.image.purse(.gas)?.balance.rawValue ?? 0 }
    var inMeter: UInt64 { meter.reading.purse?.balance.rawValue ?? 0 }
}

/// Loses the n-th command before it reaches the card, or the n-th answer after the card has acted.
final class LossyChannel: CardChannel {
    enum Loss: CaseIterable { case command, answer }
    private let base: any CardChannel
    private let loss: Loss
    private let at: Int
    private(set) var exchanges = 0

    init(_ base: any CardChannel, losing loss: Loss, at: Int) {
        self.base = base
        self.loss = loss
        self.at = at
    }

    func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        exchanges += 1
        if exchanges == at, loss == .command { throw CardError(.cardRemoved, subject: "slot") }
        let response = try base.transmit(command)
        if exchanges == at { throw CardError(.cardRemoved, subject: "slot") }
        return response
    }
}
