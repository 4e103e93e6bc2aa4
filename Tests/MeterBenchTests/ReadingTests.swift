import Foundation
import MeterBench
import Metrology
import Testing

@Suite struct ReadingTests {
    static let rating = ChannelRating(nominalVoltage: 220, nominalCurrent: 50)

    /// Readings of ideal parts.
    static func readings(
        _ mains: SimulatedMains, rating: ChannelRating = rating, seconds: Double = 4
    ) -> (readings: [ChannelReading], registers: EnergyRegisters) {
        let frontEnd = FrontEnd(for: rating)
        var source = SimulatedFrontEnd(frontEnd, mains: mains, seed: 7)
        var measurement = ChannelMeasurement(rating, frontEnd)
        let readings = source.measure(&measurement, seconds: seconds)
        return (readings, measurement.registers)
    }

    @Test(arguments: [(110.0, 60.0), (220.0, 50.0), (240.0, 50.0)], [-2.6, -1.2, 0, 0.5, 1.0, 3.0])
    func `every quantity is that of the line`(line: (Double, Double), angle: Double) throws {
        let rating = ChannelRating(nominalVoltage: line.0, nominalCurrent: 50, nominalFrequency: line.1)
        let harmonics = [Harmonic(order: 3, fraction: 0.08, angle: 0.4), Harmonic(order: 7, fraction: 0.02)]
        let mains = SimulatedMains(
            voltage: Waveform(fundamental: line.0, angle: 0.3, harmonics: harmonics),
            current: Waveform(fundamental: 20, angle: 0.3 + angle, harmonics: harmonics), frequency: line.1 + 0.137)
        let reading = try #require(Self.readings(mains, rating: rating).readings.last)
        #expect(abs(reading.voltage / mains.voltage.rms - 1) < 1e-4)
        #expect(abs(reading.current / mains.current.rms - 1) < 1e-4)
        #expect(abs(reading.activePower - mains.activePower) < 1e-4 * reading.apparentPower)
        #expect(abs(reading.reactivePower - mains.reactivePower) < 1e-4 * reading.apparentPower)
        #expect(reading.apparentPower == reading.voltage * reading.current)
        #expect(abs(reading.powerFactor - mains.activePower / (mains.voltage.rms * mains.current.rms)) < 1e-4)
        #expect(abs(reading.phaseAngle - angle) < 1e-4)
        #expect(abs(reading.frequency - mains.frequency) < 1e-3)
        #expect(abs(reading.voltageDistortion - mains.voltage.distortion) < 1e-3)
        #expect(abs(reading.currentDistortion - mains.current.distortion) < 1e-3)
        #expect(!reading.isClipped && !reading.isCreeping)
        #expect(abs(reading.duration - 0.2) < 0.002)
    }

    @Test(arguments: [42.6, 46.0, 47.5, 49.99, 50.01, 52.5, 55, 57.4])
    func `a line far from its frequency is found and followed`(frequency: Double) throws {
        let mains = SimulatedMains(
            voltage: Waveform(fundamental: 220), current: Waveform(fundamental: 10), frequency: frequency)
        let readings = Self.readings(mains, seconds: 1).readings
        #expect(abs(readings[3].frequency - frequency) < 1, "it is found within four cycles")
        let last = try #require(readings.last)
        #expect(abs(last.frequency - frequency) < 1e-3)
    }

    @Test func `a swinging frequency is followed`() {
        let mains = SimulatedMains(
            voltage: Waveform(fundamental: 220), current: Waveform(fundamental: 10), swing: 1.5, swingPeriod: 10)
        var time = 0.0
        for (index, reading) in Self.readings(mains, seconds: 20).readings.enumerated() {
            // The measured frequency is that between the middles of the previous window and this one.
            if index > 3 { #expect(abs(reading.frequency - mains.frequency(at: time)) < 0.02) }
            time += reading.duration
        }
    }

    @Test func `energy is counted by its direction`() {
        func counted(_ angle: Double) -> EnergyRegisters {
            Self.readings(
                SimulatedMains(voltage: Waveform(fundamental: 220), current: Waveform(fundamental: 10, angle: angle)),
                seconds: 10
            ).registers
        }
        // 220 V × 10 A × 10 s × cos: the last window is still open.
        let imported = counted(.pi / 3)
        let exported = counted(.pi * 2 / 3)
        #expect(imported.exported == .zero && exported.imported == .zero)
        #expect(abs(Double(imported.imported.microjoules) / 11_000e6 - 1) < 0.021)
        #expect(abs(Double(exported.exported.microjoules) / 11_000e6 - 1) < 0.021)
    }

    /// A thousandth of the nominal current must count, no load at 115 % of the voltage must not (IEC 62053-22, 8.3).
    @Test func `a load starts to count and no load creeps`() throws {
        let starting = SimulatedMains(
            voltage: Waveform(fundamental: 220), current: Waveform(fundamental: 0.05, noise: 0.002))
        #expect(Self.readings(starting).registers.imported > .zero)
        let idle = SimulatedMains(voltage: Waveform(fundamental: 253), current: Waveform(fundamental: 0, noise: 0.002))
        let (readings, registers) = Self.readings(idle)
        #expect(registers.imported == .zero && registers.exported == .zero)
        #expect(readings.count > 15)
        #expect(readings.allSatisfy { $0.isCreeping })
    }

    @Test func `sags and swells show in their cycle`() throws {
        let mains = SimulatedMains(
            voltage: Waveform(fundamental: 220), current: Waveform(fundamental: 10),
            disturbances: [
                Disturbance(start: 1.0, duration: 0.05, factor: 0.6),
                Disturbance(start: 2.0, duration: 0.05, factor: 1.3),
            ])
        let readings = Self.readings(mains).readings
        let least = try #require(readings.map(\.minCycleVoltage).min())
        let greatest = try #require(readings.map(\.maxCycleVoltage).max())
        #expect(abs(least - 132) < 1)
        #expect(abs(greatest - 286) < 1)
        #expect(readings.count { $0.minCycleVoltage < 198 } <= 2)
    }

    @Test func `a dead line is no load and comes back`() throws {
        let mains = SimulatedMains(
            voltage: Waveform(fundamental: 220), current: Waveform(fundamental: 10), frequency: 51.3,
            disturbances: [Disturbance(start: 1, duration: 1, factor: 0)])
        let (readings, registers) = Self.readings(mains, seconds: 4)
        #expect(readings.contains { $0.voltage < 1 && $0.isCreeping })
        let last = try #require(readings.last)
        #expect(abs(last.frequency - 51.3) < 1e-3)
        // Three of four seconds.
        #expect(abs(Double(registers.imported.microjoules) / 6_600e6 - 1) < 0.05)
    }

    @Test func `what is beyond the range is reported`() {
        let mains = SimulatedMains(voltage: Waveform(fundamental: 220), current: Waveform(fundamental: 125))
        #expect(Self.readings(mains).readings.allSatisfy { $0.isClipped })
    }

    /// The measurements do not depend on the size of the converter's buffers.
    @Test(arguments: [1, 7, 63, 800])
    func `pieces make no difference`(piece: Int) throws {
        let frontEnd = FrontEnd(for: Self.rating)
        let mains = SimulatedMains(
            voltage: Waveform(fundamental: 220, noise: 0.3), current: Waveform(fundamental: 10, angle: 0.5),
            frequency: 50.4)
        var source = SimulatedFrontEnd(frontEnd, errors: .ofOnePercent, mains: mains, seed: 3)
        var voltage = [Int16](repeating: 0, count: 16_000)
        var current = [Int32](repeating: 0, count: 16_000)
        var voltages = voltage.mutableSpan
        var currents = current.mutableSpan
        source.sample(into: &voltages, &currents)
        var whole = ChannelMeasurement(Self.rating, frontEnd)
        var cut = whole
        let expected = Self.take(voltage, current, 16_000, &whole)
        let got = Self.take(voltage, current, piece, &cut)
        #expect(got.count == expected.count && expected.count >= 10)
        for (a, b) in zip(got, expected) {
            #expect(a.count == b.count)
            #expect(abs(a.activePower - b.activePower) < 1e-6 * b.apparentPower)
            #expect(abs(a.voltage - b.voltage) < 1e-6 * b.voltage)
        }
        #expect(
            abs(cut.registers.imported.microjoules - whole.registers.imported.microjoules)
                < whole.registers.imported.microjoules / 1_000_000)
    }

    static func take(
        _ voltage: [Int16], _ current: [Int32], _ piece: Int, _ measurement: inout ChannelMeasurement
    ) -> [ChannelReading] {
        var readings: [ChannelReading] = []
        for start in stride(from: 0, to: voltage.count, by: piece) {
            let end = min(start + piece, voltage.count)
            var offset = start
            while offset < end {
                let taken = measurement.add(
                    voltage.span.extracting(offset..<end), current.span.extracting(offset..<end))
                if let reading = taken.reading { readings.append(reading) }
                offset += taken.count
            }
        }
        return readings
    }
}
