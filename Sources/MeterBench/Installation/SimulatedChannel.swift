public import Meter
public import Metrology

/// One channel of a simulated installation: its line, its load, the parts in front of the meter, and what it measures.
public struct SimulatedChannel: Sendable {
    public let rating: ChannelRating
    /// As it was measured last.
    public private(set) var reading: ChannelReading?
    private var source: SimulatedFrontEnd
    private var measurement: ChannelMeasurement
    private var condition: Condition?
    /// Seconds until a load that has not changed is measured again.
    private var untilNextLook = 0.0

    /// What decides what is measured.
    private struct Condition: Hashable {
        let load: Load
        let lineFactor: Double
        let isClosed: Bool
    }

    /// Samples are all taken up to this many seconds; a longer time is measured in windows.
    static let longestWhole = 1.0
    /// Of windows: the second one stands for the time.
    private static let lookSeconds = 0.45
    /// A load that stays as it is is looked at as often.
    private static let secondsBetweenLooks = 900.0

    /// - Parameters:
    ///   - rating: of the channel.
    ///   - errors: of its parts.
    ///   - calibration: of the meter for these parts.
    ///   - seed: of all noise.
    public init(
        _ rating: ChannelRating, errors: FrontEndErrors = .ofOnePercent, calibration: Calibration, seed: UInt64
    ) {
        self.rating = rating
        let design = FrontEnd(for: rating)
        source = SimulatedFrontEnd(design, errors: errors, mains: SimulatedChannel.line(rating), seed: seed)
        measurement = ChannelMeasurement(rating, design, calibration)
    }

    /// A line with the harmonics and the noise of a street.
    private static func line(_ rating: ChannelRating) -> SimulatedMains {
        SimulatedMains(
            voltage: Waveform(
                fundamental: rating.nominalVoltage,
                harmonics: [Harmonic(order: 3, fraction: 0.01), Harmonic(order: 5, fraction: 0.02, angle: 0.7)],
                noise: rating.nominalVoltage * 0.001),
            current: Waveform(fundamental: 0, noise: rating.nominalCurrent * 1e-5),
            frequency: rating.nominalFrequency, swing: 0.02)
    }

    /// Lets time pass, and measures it.
    ///
    /// Up to a second is measured sample by sample. Of a longer time a window is, and stands for the rest; a load that
    /// does not change is looked at every quarter of an hour.
    ///
    /// - Parameters:
    ///   - seconds: that pass.
    ///   - load: on the channel.
    ///   - lineFactor: what the line's voltage is multiplied with: 1, less in a sag, 0 without a line.
    ///   - isClosed: the channel's relay.
    /// - Returns: energy from the line and to it, and the newest reading.
    public mutating func measure(
        _ seconds: Double, _ load: Load, lineFactor: Double, isClosed: Bool
    ) -> ChannelFlow {
        let condition = Condition(load: load, lineFactor: lineFactor, isClosed: isClosed)
        let hasChanged = condition != self.condition
        if hasChanged { set(condition) }
        if seconds <= SimulatedChannel.longestWhole {
            let before = measurement.registers
            if let last = source.measure(&measurement, seconds: seconds).last { reading = last }
            return ChannelFlow(
                imported: measurement.registers.imported - before.imported,
                exported: measurement.registers.exported - before.exported, reading: reading)
        }
        untilNextLook -= seconds
        if hasChanged || untilNextLook <= 0 {
            if let last = source.measure(&measurement, seconds: SimulatedChannel.lookSeconds).last { reading = last }
            untilNextLook = SimulatedChannel.secondsBetweenLooks
        }
        guard let reading, !reading.isCreeping else { return ChannelFlow(reading: reading) }
        let energy = Energy(microjoules: Int64((abs(reading.activePower) * seconds * 1e6).rounded()))
        return reading.activePower > 0
            ? ChannelFlow(imported: energy, reading: reading) : ChannelFlow(exported: energy, reading: reading)
    }

    private mutating func set(_ condition: Condition) {
        self.condition = condition
        let volts = rating.nominalVoltage * condition.lineFactor
        source.mains.voltage.fundamental = volts
        // What draws its power at the nominal voltage draws as a resistor does at any other.
        source.mains.current.fundamental =
            condition.isClosed ? condition.load.current(at: rating.nominalVoltage) * condition.lineFactor : 0
        source.mains.current.angle = condition.load.angle
    }
}
