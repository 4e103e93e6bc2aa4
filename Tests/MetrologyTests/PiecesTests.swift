import Testing

@testable import MeterBench
@testable import Metrology

/// A converter's buffer may have any length: the measurements are the same.
@Suite struct PiecesTests {
    @Test func `readings are the same in pieces of any length`() throws {
        let rating = ChannelRating(nominalVoltage: 220, nominalCurrent: 20)
        let design = FrontEnd(for: rating)
        let mains = SimulatedMains(
            voltage: Waveform(fundamental: 220, harmonics: [Harmonic(order: 5, fraction: 0.02)], noise: 0.2),
            current: Waveform(fundamental: 5, angle: 0.3), swing: 0.02)
        func readings(_ pieces: (Int) -> Double) -> [ChannelReading] {
            var source = SimulatedFrontEnd(design, mains: mains, seed: 3)
            var measurement = ChannelMeasurement(rating, design)
            var all: [ChannelReading] = []
            var number = 0
            while source.count < 80_000 {
                let rest = Double(80_000 - source.count) / design.sampleRate
                all += source.measure(&measurement, seconds: min(rest, pieces(number)))
                number += 1
            }
            return all
        }
        let whole = readings { _ in 10 }
        #expect(whole.count > 40)
        for pieces in [{ _ in 0.003 }, { Double($0 * 7 % 83 + 1) / 8000 }, { Double($0 * 31 % 977 + 1) / 8000 }]
            as [(Int) -> Double]
        {
            let parts = readings(pieces)
            try #require(parts.count == whole.count)
            for (one, other) in zip(whole, parts) {
                #expect(abs(one.voltage - other.voltage) < 0.001 && abs(one.frequency - other.frequency) < 0.001)
            }
        }
    }
}
