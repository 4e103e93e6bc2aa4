import CardCrypto
import HeadEnd
import ISO7816
import Meter
import TestWorlds
import ValueElement
import ValueProtocol

/// An issued electric meter, and the way to its element.
final class TestMeter {
    static let eid = PartyID(issuer: 0xA1B2C3, kind: .electricMeter, number: 0x77)
    static let monday = TestElectricMeter.monday

    private let electricMeter: TestElectricMeter
    let channel: InProcessChannel
    var meter: ElectricMeter { electricMeter.meter }

    init(keys: HostKeys, price: UInt64 = 300_000) throws {
        electricMeter = try TestElectricMeter(
            ElementImage(
                issued: Self.eid, keys: try keys.storedKeys(of: Self.eid),
                purses: [Purse(.electricity, holds: 500_000_000, limit: 1 << 50)]),
            ElectricConfiguration(
                price: Amount(rawValue: price), rules: CreditRules(token: Amount(rawValue: 1_000_000))),
            transportKey: Secret(copying: [UInt8](repeating: 0, count: 16)))
        channel = try InProcessChannel(electricMeter.meter)
    }

    /// Lets hours pass at a load of 1 kW, in steps of a minute or more.
    func pass(hours: Int, minutesPerTick: Int = 1) throws {
        try electricMeter.pass(hours: hours, minutesPerTick: minutesPerTick)
    }
}
