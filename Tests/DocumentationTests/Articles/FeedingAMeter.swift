import CardCrypto
import Meter
import Metrology
import Testing
import ValueElement
import ValueProtocol

@Suite struct FeedingAMeterArticle {
    /// What an owner's converters give.
    private struct Samples {
        let voltage: [Int16]
        let current: [Int32]
    }

    private struct Converters {
        var buffers: [Samples]
        mutating func next() throws -> Samples? { buffers.popLast() }
    }

    private struct Chip {
        func energy(after milliseconds: Int64) throws -> Energy { Energy(microjoules: 1_000 * milliseconds) }
    }

    @Test func `feeding a meter`() throws {
        let memory = VolatileMemory(
            try ElectricMeter.records(
                PartyID(issuer: 0x00A1_B2C3, kind: .electricMeter, number: 0x77),
                transportKey: try SystemRandomness.key(),
                ElectricConfiguration(price: Amount(rawValue: 300_000), rules: CreditRules(token: .all))))
        let (relay, sensors) = (SimulatedRelay(), SimulatedSensors())
        let clock = AdjustableClock { 1_767_571_200 }
        let calibration: Calibration? = nil
        let chip = Chip()
        var converters = Converters(
            buffers: [Samples(voltage: [Int16](repeating: 0, count: 800), current: [Int32](repeating: 0, count: 800))])

        let rating = ChannelRating(nominalVoltage: 220, nominalCurrent: 40)
        let frontEnd = FrontEnd(for: rating)
        let meter = try ElectricMeter(memory, parts: ElectricParts(relays: [relay], sensors: sensors, clock: clock))
        let loop = MeteringLoop(meter, measuring: [ChannelMeasurement(rating, frontEnd, calibration)])
        while let samples = try converters.next() {
            try loop.feed(voltage: samples.voltage.span, current: samples.current.span, channel: 0)
        }
        let pause = min(1_000, loop.millisecondsUntilMinute())
        let flow = ChannelFlow(imported: try chip.energy(after: pause))
        try loop.count([flow])
        try loop.tick()
        try loop.powerWarning(holdUp: 400)
        #expect(!loop.isPowered)
        try loop.powerUp()
        #expect(loop.isPowered && meter.reading.imported[0] == Energy(microjoules: 1_000_000))
    }
}
