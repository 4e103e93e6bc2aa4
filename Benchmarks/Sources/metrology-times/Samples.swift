import MeterBench
import Metrology

/// A channel's samples of a line at exactly its nominal frequency, so that ours and the peer have the same windows.
struct Samples {
    let frontEnd: FrontEnd
    let rating: ChannelRating
    let voltage: [Int16]
    let current: [Int32]

    init(voltage nominal: Double, seconds: Int, seed: UInt64) {
        rating = ChannelRating(nominalVoltage: nominal, nominalCurrent: 50)
        frontEnd = FrontEnd(for: rating)
        let mains = SimulatedMains(
            voltage: Waveform(
                fundamental: nominal, harmonics: [Harmonic(order: 3, fraction: 0.03)], noise: nominal * 0.002),
            current: Waveform(
                fundamental: 20, angle: 0.5, harmonics: [Harmonic(order: 5, fraction: 0.1)], noise: 0.04))
        var source = SimulatedFrontEnd(frontEnd, mains: mains, seed: seed)
        let count = seconds * Int(frontEnd.sampleRate)
        var voltage = [Int16](repeating: 0, count: count)
        var current = [Int32](repeating: 0, count: count)
        var voltages = voltage.mutableSpan
        var currents = current.mutableSpan
        source.sample(into: &voltages, &currents)
        self.voltage = voltage
        self.current = current
    }

    /// Measures all of them, in buffers of a tenth of a second.
    func measure() -> (windows: Int, voltage: Double, current: Double, power: Double, registers: EnergyRegisters) {
        var measurement = ChannelMeasurement(rating, frontEnd)
        var windows = 0
        var volts = 0.0
        var amperes = 0.0
        var watts = 0.0
        let buffer = Int(frontEnd.sampleRate) / 10
        for start in stride(from: 0, to: voltage.count, by: buffer) {
            var offset = start
            while offset < start + buffer {
                let taken = measurement.add(
                    voltage.span.extracting(offset..<(start + buffer)),
                    current.span.extracting(offset..<(start + buffer)))
                offset += taken.count
                guard let reading = taken.reading else { continue }
                windows += 1
                volts += reading.voltage
                amperes += reading.current
                watts += reading.activePower
            }
        }
        let count = Double(windows)
        return (windows, volts / count, amperes / count, watts / count, measurement.registers)
    }
}
