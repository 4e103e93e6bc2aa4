public import Meter
public import Metrology

/// One channel of a simulated installation: its line, its load, its front end, and its measurements.
public struct SimulatedChannel: Sendable {
    /// Of its inputs.
    public let rating: ChannelRating
    /// Between its line and its input of current; nil where the current flows through it.
    public let transformer: SimulatedCurrentTransformer?
    /// The last reading.
    public private(set) var reading: ChannelReading?
    private var source: SimulatedFrontEnd
    private var measurement: ChannelMeasurement
    private var condition: Condition?
    /// Seconds until an unchanged load is measured again.
    private var untilNextMeasurement = 0.0

    /// The inputs that determine the measurements.
    private struct Condition: Hashable {
        let load: Load
        let lineFactor: Double
        let isClosed: Bool
    }

    /// Up to this many seconds, every sample is measured; a longer time is represented by windows.
    static let maxSampledSeconds = 1.0
    /// Duration of the windows; the second one represents the time.
    private static let windowSeconds = 0.45
    /// Interval at which an unchanged load is measured again.
    private static let measurementInterval = 900.0

    /// - Parameters:
    ///   - rating: of the channel.
    ///   - errors: of its parts.
    ///   - calibration: of the meter for these parts.
    ///   - transformer: between its line and its input of current, if any; its readings are then those of the line.
    ///   - seed: of all noise.
    public init(
        _ rating: ChannelRating, errors: FrontEndErrors = .ofOnePercent, calibration: Calibration,
        through transformer: SimulatedCurrentTransformer? = nil, seed: UInt64
    ) {
        self.rating = rating
        self.transformer = transformer
        let design = FrontEnd(for: rating)
        source = SimulatedFrontEnd(design, errors: errors, mains: SimulatedChannel.line(rating), seed: seed)
        measurement =
            transformer.map { ChannelMeasurement(rating, through: $0.design, design, calibration) }
            ?? ChannelMeasurement(rating, design, calibration)
    }

    /// A line with the harmonics and noise of a typical street.
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
    /// Up to one second, every sample is measured. For a longer time, one window is measured and represents the rest;
    /// an unchanged load is measured every quarter of an hour.
    ///
    /// - Parameters:
    ///   - seconds: the duration.
    ///   - load: on the channel.
    ///   - lineFactor: factor of the line's voltage: 1, less in a sag, 0 without a line.
    ///   - isClosed: the channel's relay.
    /// - Returns: energy from the line and to it, and the newest reading.
    public mutating func measure(
        _ seconds: Double, _ load: Load, lineFactor: Double, isClosed: Bool
    ) -> ChannelFlow {
        let condition = Condition(load: load, lineFactor: lineFactor, isClosed: isClosed)
        let hasChanged = condition != self.condition
        if hasChanged { set(condition) }
        if seconds <= SimulatedChannel.maxSampledSeconds {
            let before = measurement.registers
            if let last = source.measure(&measurement, seconds: seconds).last { reading = last }
            return ChannelFlow(
                imported: measurement.registers.imported - before.imported,
                exported: measurement.registers.exported - before.exported, reading: reading)
        }
        untilNextMeasurement -= seconds
        if hasChanged || untilNextMeasurement <= 0 {
            if let last = source.measure(&measurement, seconds: SimulatedChannel.windowSeconds).last { reading = last }
            untilNextMeasurement = SimulatedChannel.measurementInterval
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
        // A load with this power at the nominal voltage behaves like a resistor at any other.
        let amperes = condition.isClosed ? condition.load.current(at: rating.nominalVoltage) * condition.lineFactor : 0
        let current = Waveform(fundamental: amperes, angle: condition.load.angle)
        let measured = transformer?.secondary(current) ?? current
        source.mains.current.fundamental = measured.fundamental
        source.mains.current.angle = measured.angle
    }
}
