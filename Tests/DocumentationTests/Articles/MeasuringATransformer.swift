import CardCrypto
import Meter
import Metrology
import Testing
import ValueElement
import ValueProtocol

@Suite struct MeasuringATransformerArticle {
    /// What an owner's converters give.
    private struct Samples {
        let voltage: [Int16]
        let current: [Int32]
        let phase: Int
    }

    private struct Converters {
        var buffers: [Samples]
        mutating func next() throws -> Samples? { buffers.popLast() }
    }

    private struct Chip {
        func energy(after milliseconds: Int64) throws -> Energy { Energy(microjoules: 1_000 * milliseconds) }
    }

    @Test func `measuring a transformer`() throws {
        let id = PartyID(issuer: 0x00A1_B2C3, kind: .localUnit, number: 5)
        let transportKey = try SystemRandomness.key()
        let clock = AdjustableClock { 1_767_571_200 }
        let calibration: Calibration? = nil
        let chip = Chip()
        var converters = Converters(
            buffers: (0..<3).map { phase in
                Samples(
                    voltage: [Int16](repeating: 0, count: 800), current: [Int32](repeating: 0, count: 800), phase: phase
                )
            })

        let configuration = TransformerConfiguration(
            phases: 3, voltage: 230,
            transformer: CurrentTransformer(primary: 400, secondary: 5, accuracyClass: .class05S))
        let memory = VolatileMemory(TransformerMeter.records(id, transportKey: transportKey, configuration))
        let phase = configuration.measurement(FrontEnd(for: configuration.inputRating), calibration)
        let parts = TransformerParts(clock: clock, measurements: [phase, phase, phase])
        let unit = try TransformerMeter(memory, parts: parts)
        while let samples = try converters.next() {
            try unit.feed(voltage: samples.voltage.span, current: samples.current.span, phase: samples.phase)
        }
        let pause = min(1_000, unit.millisecondsUntilMinute())
        try unit.count([try chip.energy(after: pause), .zero, .zero])
        try unit.tick()
        try unit.lastGasp()
        #expect(throws: (any Error).self) { try unit.process([0x00, 0xCA, 0x01, 0x00, 0x0F]) }
        try unit.powerUp()
        #expect(unit.reading.imported == [Energy(microjoules: 1_000_000), .zero, .zero])
        #expect(unit.readings == [nil, nil, nil])
    }
}
