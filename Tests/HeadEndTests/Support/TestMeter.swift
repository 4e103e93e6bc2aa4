import CardCrypto
import HeadEnd
import ISO7816
import Meter
import Metrology
import Testing
import ValueElement
import ValueProtocol

/// An issued electric meter over memory in RAM, and the time it lives in.
final class TestMeter {
    static let eid = PartyID(issuer: 0xA1B2C3, kind: .electricMeter, number: 0x77)
    /// 2026-01-05, a Monday, 00:00 UTC.
    static let monday: UInt32 = 1_767_571_200

    let meter: ElectricMeter
    let channel: InProcessChannel
    private let seconds: Seconds

    init(keys: HostKeys, price: UInt64 = 300_000) throws {
        let suite = try CipherSuite()
        var image = ElementImage(blank: Self.eid, transportKey: nil)
        image.state = .issued
        for name in keys.names where name.purpose != .transfer {
            image.put(StoredKey(name: name, key: try #require(keys.elementKey(name, of: Self.eid, suite))))
        }
        image.put(
            Purse(
                service: .electricity, currency: TestCard.euro, limit: Amount(rawValue: 1 << 50),
                balance: Amount(rawValue: 500_000_000)))
        var records = try ElectricMeter.records(
            Self.eid, transportKey: Secret(copying: [UInt8](repeating: 0, count: 16)),
            ElectricConfiguration(
                price: Amount(rawValue: price), rules: CreditRules(token: Amount(rawValue: 1_000_000))))
        records.merge(ValueCard.records(image)) { $1 }
        let seconds = Seconds()
        self.seconds = seconds
        meter = try ElectricMeter(
            VolatileMemory(records), parts: ElectricParts(clock: AdjustableClock { seconds.value }))
        channel = try InProcessChannel(meter)
    }

    /// Lets hours pass at a load of 1 kW.
    func pass(hours: Int) throws {
        for _ in 0..<hours * 60 {
            try meter.tick()
            try meter.count([Energy(microjoules: 60_000_000_000)])
            seconds.value += 60
        }
        try meter.tick()
    }

    private final class Seconds {
        var value = TestMeter.monday
    }
}
