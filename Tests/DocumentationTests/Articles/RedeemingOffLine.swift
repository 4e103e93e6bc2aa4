import CardCrypto
import ISO7816
import Meter
import Testing
import ValueElement
import ValueProtocol

extension ValueArticles {
    func blankMeter(_ transportKey: Secret, secondsSince1970: @escaping @Sendable () -> UInt32) throws -> OffLineMeter {
        let id = Self.meterID
        let price = Amount(rawValue: 900_000)
        let valve = SimulatedValve()

        let memory = VolatileMemory(OffLineMeter.records(id, transportKey: transportKey, price: price))
        let clock = AdjustableClock { secondsSince1970() }
        let meter = try OffLineMeter(memory, name: "gas meter", parts: MeterParts(valve: valve, clock: clock))
        return meter
    }

    func redeem(_ meter: OffLineMeter, _ slot: InProcessChannel) throws {
        let redemption = try meter.redeem(from: slot)
        print("drawn \(redemption.drawn), on the card \(redemption.cardBalance), here \(redemption.meterBalance)")
        let litres = try meter.use(30_000)
        print(litres, "litres flowed:", meter.reading.display)

        #expect(litres == 22_222 && !meter.reading.isValveOpen)
    }
}
