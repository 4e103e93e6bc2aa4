public import Metrology

/// Tests a channel at load points against the analytic truth, after calibration at two reference points.
///
/// The line has harmonics and noise, and its frequency varies; the parts are off by one percent. The truth is that of
/// the line, which the instrument does not know.
public struct AccuracyTest: Sendable {
    public let rating: ChannelRating
    public let frontEnd: FrontEnd
    public let errors: FrontEndErrors
    /// Seconds per point.
    public var duration: Double
    /// Of the voltage, at every point.
    public var voltageHarmonics: [Harmonic]
    /// Of the current.
    public var currentHarmonics: [Harmonic]
    /// Rms of white noise, as fractions of nominal voltage and of the point's current.
    public var voltageNoise: Double
    public var currentNoise: Double
    /// Hz by which the frequency swings in either direction.
    public var swing: Double
    public var seed: UInt64

    /// Whether the error at a point is within the limit of the class.
    public enum Verdict: String, Sendable, Hashable {
        case pass, fail
    }

    /// One point's result.
    public struct Row: Sendable, Hashable {
        public let point: LoadPoint
        /// J delivered by the line, in whole windows.
        public let truth: Double
        /// J counted.
        public let measured: Double
        /// Percent; nil if the class has no limit.
        public let limit: Double?

        /// Percent.
        public var error: Double { (measured / truth - 1) * 100 }
        /// Whether the error is within the limit; true if there is none.
        public var isWithin: Bool { limit.map { abs(error) <= $0 } ?? true }
        /// Nil if the class has no limit at this point.
        public var verdict: Verdict? { limit == nil ? nil : isWithin ? .pass : .fail }
    }

    /// - Parameters:
    ///   - rating: of the channel.
    ///   - frontEnd: nominal design; by default one for the rating.
    ///   - errors: of the parts.
    ///   - duration: s per point.
    ///   - seed: of all noise.
    public init(
        _ rating: ChannelRating, frontEnd: FrontEnd? = nil, errors: FrontEndErrors = .ofOnePercent,
        duration: Double = 10, seed: UInt64 = 1
    ) {
        self.rating = rating
        self.frontEnd = frontEnd ?? FrontEnd(for: rating)
        self.errors = errors
        self.duration = duration
        self.seed = seed
        voltageHarmonics = [Harmonic(order: 3, fraction: 0.03), Harmonic(order: 5, fraction: 0.05, angle: 0.7)]
        currentHarmonics = [
            Harmonic(order: 3, fraction: 0.1, angle: 0.3), Harmonic(order: 5, fraction: 0.06, angle: 1.1),
            Harmonic(order: 7, fraction: 0.03, angle: 2),
        ]
        voltageNoise = 0.002
        currentNoise = 0.002
        swing = 0.2
    }

    /// The calibration of the instrument: gains at nominal load, then the delay at power factor 0.5 lagging.
    ///
    /// The reference source is a clean sine, as on a calibration bench.
    public func calibrate() -> Calibration {
        var calibration = Calibration(asDesigned: frontEnd)
        for factor in [LoadPoint.PowerFactor.one, .lagging(0.5)] {
            let mains = SimulatedMains(
                voltage: Waveform(fundamental: rating.nominalVoltage),
                current: Waveform(fundamental: rating.nominalCurrent, angle: factor.angle),
                frequency: rating.nominalFrequency)
            let readings = run(mains, calibration, duration: 10).readings.dropFirst(5)
            calibration = calibration.corrected(
                by: readings.mean, voltage: rating.nominalVoltage, current: rating.nominalCurrent,
                phaseAngle: factor.angle)
        }
        return calibration
    }

    /// Tests every point.
    ///
    /// - Parameters:
    ///   - points: loads.
    ///   - calibration: of the instrument; by default made by ``calibrate()``.
    public func run(_ points: [LoadPoint] = LoadPoint.class02S, _ calibration: Calibration? = nil) -> [Row] {
        let calibration = calibration ?? calibrate()
        return points.map { point in
            let current = rating.nominalCurrent * point.current
            let mains = SimulatedMains(
                voltage: Waveform(
                    fundamental: rating.nominalVoltage, harmonics: voltageHarmonics,
                    noise: rating.nominalVoltage * voltageNoise),
                current: Waveform(
                    fundamental: current, angle: point.powerFactor.angle, harmonics: currentHarmonics,
                    noise: current * currentNoise),
                frequency: rating.nominalFrequency, swing: swing)
            let result = run(mains, calibration, duration: duration)
            let measured = Double((result.registers.imported - result.registers.exported).microjoules) / 1e6
            let samples = result.readings.reduce(0) { $0 + $1.count }
            return Row(
                point: point, truth: mains.energy(samples: samples, rate: frontEnd.sampleRate), measured: measured,
                limit: AccuracyClass.limit02S(point))
        }
    }

    private func run(
        _ mains: SimulatedMains, _ calibration: Calibration, duration: Double
    ) -> (readings: [ChannelReading], registers: EnergyRegisters) {
        var source = SimulatedFrontEnd(frontEnd, errors: errors, mains: mains, seed: seed)
        var measurement = ChannelMeasurement(rating, frontEnd, calibration)
        let readings = source.measure(&measurement, seconds: duration)
        return (readings, measurement.registers)
    }
}

extension Collection<ChannelReading> {
    /// The mean of the quantities used in calibration; the others are those of the first reading.
    fileprivate var mean: ChannelReading {
        guard var mean = first else { preconditionFailure("ten seconds have windows") }
        let count = Double(count)
        mean.voltage = reduce(0) { $0 + $1.voltage } / count
        mean.current = reduce(0) { $0 + $1.current } / count
        mean.phaseAngle = reduce(0) { $0 + $1.phaseAngle } / count
        mean.frequency = reduce(0) { $0 + $1.frequency } / count
        return mean
    }
}
