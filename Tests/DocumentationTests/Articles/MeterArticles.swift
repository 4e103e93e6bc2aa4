import CardCrypto
import Meter
import MeterBench
import Metrology
import Testing
import ValueElement
import ValueProtocol

/// Metrology: From samples to energy. Meter: Tokens and credit; Feeding a meter with samples.
@Suite struct MeterArticles {
    @Test func fromSamplesToEnergy() {
        let rating = ChannelRating(nominalVoltage: 220, nominalCurrent: 50)
        let frontEnd = FrontEnd(for: rating)
        let mains = SimulatedMains(
            voltage: Waveform(fundamental: 220), current: Waveform(fundamental: 10, angle: 0.5))
        var source = SimulatedFrontEnd(frontEnd, mains: mains, seed: 1)
        var measurement = ChannelMeasurement(rating, frontEnd)
        for reading in source.measure(&measurement, seconds: 2) {
            print(reading.voltage, "V", reading.activePower, "W", reading.phaseAngle, "rad", reading.frequency, "Hz")
        }
        print(measurement.registers.imported.wattHours, "Wh")
        #expect(measurement.registers.imported > .zero)
    }

    func calibration(_ rating: ChannelRating) {
        let test = AccuracyTest(rating, errors: .ofOnePercent)
        let calibration = test.calibrate()
        for row in test.run(LoadPoint.class02S, calibration) {
            print(row.point, row.error, "%", row.isWithin ? "" : "out of class")
        }
    }

    @Test func tokensAndCredit() throws {
        let id = PartyID(issuer: 0x00A1_B2C3, kind: .electricMeter, number: 0x77)
        let transportKey = try SystemRandomness.key()
        let price = Amount(rawValue: 300_000)
        let clock = AdjustableClock { 1_767_571_200 }
        let energy = Energy(wattHours: 1)
        let night = FriendlyCredit.Window(days: 0x1F, from: 18 * 60, to: 8 * 60)
        let weekend = FriendlyCredit.Window(days: 0x60 | FriendlyCredit.Window.holidays, from: 0, to: 1440)
        let rules = CreditRules(
            token: Amount(rawValue: 100_000), lowCredit: Amount(rawValue: 2_000_000),
            emergency: Amount(rawValue: 5_000_000),
            friendly: FriendlyCredit(windows: [night, weekend].compactMap { $0 }))
        let configuration = ElectricConfiguration(
            price: price, calendar: LocalCalendar(offset: 60, holidays: [.yearly(month: 12, day: 25)]), rules: rules)
        let memory = VolatileMemory(try ElectricMeter.records(id, transportKey: transportKey, configuration))
        let meter = try ElectricMeter(memory, parts: ElectricParts(clock: clock))
        try meter.tick()
        try meter.count([energy])
        print(meter.reading.value, meter.decision.reason)
        #expect(meter.decision.reason == .notIssued)
    }

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

    @Test func feedingAMeter() throws {
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
