import CardCrypto
import ISO7816
import Meter
import MeterBench
import Metrology
import TestWorlds
import ValueElement
import ValueProtocol

/// An issued meter on a bench, without a folder, and a card that is bound to it.
final class BenchWorld {
    static let meterID = PartyID(issuer: 0x00A1_B2C3, kind: .electricMeter, number: 0x77)
    static let cardID = PartyID(issuer: 0x00A1_B2C3, kind: .subscriberCard, number: 0x11234)
    /// The Monday, in milliseconds.
    static let start = Int64(TestElectricMeter.monday) * 1000
    static let key = Secret(copying: (0..<16).map { UInt8($0) })
    /// Calibrated only once, because it takes time.
    static let around = MeterEnvironment(channels: [
        MeterEnvironment.Channel(ChannelRating(nominalVoltage: 220, nominalCurrent: 40), seed: 1),
        MeterEnvironment.Channel(
            ChannelRating(nominalVoltage: 110, nominalCurrent: 20, nominalFrequency: 60), seed: 2),
    ])

    let unit: BenchMeter
    let bench: Bench

    /// 0.30 per kWh, tokens of 0.20, 2.00 of emergency credit; 25.00 on the card.
    static func records() throws -> [RecordName: [UInt8]] {
        try TestElectricMeter.records(
            ElementImage(
                issued: meterID, keys: [StoredKey(name: KeyName(.transfer, 1), key: key)],
                purses: [Purse(.electricity, limit: 500_000_000)]),
            ElectricConfiguration(
                channels: 2, price: Amount(rawValue: 300_000),
                rules: CreditRules(token: Amount(rawValue: 200_000), emergency: Amount(rawValue: 2_000_000))),
            transportKey: key)
    }

    static func card() throws -> ValueCard {
        let kx = try CipherSuite().cardToMeterKey(key, version: 1, card: cardID)
        return try TestCard(
            ElementImage(
                issued: cardID, purses: [Purse(.electricity, holds: 25_000_000, limit: 500_000_000)],
                bindings: [MeterBinding(service: .electricity, meter: meterID, version: 1, kx: kx)])
        ).card
    }

    static func cards() -> BenchCards {
        BenchCards(file: "card1") { name in
            guard name == "card1" else { throw MemoryError(.missing, name) }
            return (name, try card())
        }
    }

    init(
        speed: SimulationSpeed = .real, script: [BenchCommand] = [], duration: SimulatedDuration? = nil,
        profile: LoadProfile? = nil
    ) throws {
        unit = try BenchMeter(VolatileMemory(try Self.records()), around: Self.around, milliseconds: Self.start)
        bench = Bench(
            unit,
            Bench.Setup(
                speed: speed, script: script, duration: duration, loads: BenchLoads([.none, .none], profile: profile),
                cards: Self.cards()))
    }

    /// Draws all of the card's value.
    func fill() throws {
        try bench.carryOut(.insertCard(nil))
        try bench.carryOut(.redeem(.all))
    }

    /// The invariant.
    var sum: UInt64 {
        let now = bench.meter.reading
        return now.value.rawValue + now.spent.rawValue + now.forfeited.rawValue - now.debt.rawValue
    }
}

/// A clock controlled by the test: waiting takes no real time.
final class ManualClock: BenchClock {
    private(set) var now = Duration.zero
    private(set) var waits = 0
    /// Called at each wait.
    var onWait: (Int) -> Void = { _ in }

    func wait(for queue: BenchQueue, atMost duration: Duration) {
        now += duration
        waits += 1
        onWait(waits)
    }

    func pass(_ duration: Duration) { now += duration }
}
