/// Measures one channel: add samples, get a reading per window; energy is counted.
///
///     var measurement = ChannelMeasurement(rating, frontEnd, calibration)
///     while !voltage.isEmpty {
///         let taken = measurement.add(voltage, current)
///         if let reading = taken.reading { … }
///         …
///     }
///
/// It does not allocate while measuring. It tracks the voltage's fundamental through drift, by comparing each window's
/// fundamental with the previous one.
public struct ChannelMeasurement: Sendable {
    public let rating: ChannelRating
    public var calibration: Calibration
    /// Energy counted so far.
    public private(set) var registers = EnergyRegisters()
    /// W below which no load is counted: a fifth of the load that must start to register at the nominal voltage in
    /// class 0.2S, a thousandth of the nominal current (IEC 62053-22, 8.3.3).
    public var creepLimit: Double
    private let sampleRate: Double
    private let maxVoltageCode: Float
    private let maxCurrentCode: Float
    private var reference: Reference
    private var sums = SampleSums()
    private var cycle = CycleExtremes()
    private var tracker = FrequencyTracker()
    /// Hz, as last measured.
    private var frequency: Double

    /// - Parameters:
    ///   - rating: of the channel.
    ///   - frontEnd: the source of its samples.
    ///   - calibration: the nominal design values by default.
    public init(_ rating: ChannelRating, _ frontEnd: FrontEnd, _ calibration: Calibration? = nil) {
        self.rating = rating
        self.calibration = calibration ?? Calibration(asDesigned: frontEnd)
        creepLimit = rating.nominalPower * 0.001 / 5
        sampleRate = frontEnd.sampleRate
        // Peaks are roots of rounded squares.
        maxVoltageCode = Float(frontEnd.voltageConverter.maxCode) - 0.5
        maxCurrentCode = Float(frontEnd.currentConverter.maxCode) - 0.5
        precondition(ChannelMeasurement.cycles(rating) <= CycleExtremes.maxCycleCount, "mains have up to 80 Hz")
        let longest =
            Double(ChannelMeasurement.cycles(rating)) * sampleRate / ChannelMeasurement.range(rating).lowerBound
        reference = Reference(sampleRate: sampleRate, capacity: Int(longest.rounded(.up)) + 1)
        frequency = rating.nominalFrequency
        reference.set(frequency: frequency, cycles: 1)
    }

    private static func cycles(_ rating: ChannelRating) -> Int { Int((rating.nominalFrequency / 5).rounded()) }

    /// The frequency range that is tracked: ±15 % (IEC 61000-4-30, class A).
    private static func range(_ rating: ChannelRating) -> ClosedRange<Double> {
        rating.nominalFrequency * 0.85...rating.nominalFrequency * 1.15
    }

    /// Measures samples up to the end of the window.
    ///
    /// - Parameters:
    ///   - voltage: codes.
    ///   - current: codes, of equal count.
    /// - Returns: how many samples were used, and the reading if they completed the window.
    public mutating func add(
        _ voltage: Span<Int16>, _ current: Span<Int32>
    ) -> (count: Int, reading: ChannelReading?) {
        precondition(voltage.count == current.count, "both converters sample together")
        var taken = 0
        while taken < voltage.count {
            let end = cycle.end(in: reference)
            let free = min(end - sums.count, voltage.count - taken)
            let range = sums.count..<(sums.count + free)
            let part = SampleSums(
                voltage.extracting(taken..<(taken + free)), current.extracting(taken..<(taken + free)),
                cosine: reference.cosine.span.extracting(range), sine: reference.sine.span.extracting(range))
            sums += part
            cycle.add(part)
            taken += free
            if sums.count == end { cycle.close() }
            if sums.count == reference.count { return (taken, close()) }
        }
        return (taken, nil)
    }

    private mutating func close() -> ChannelReading {
        let voltage = reference.fit(sums.voltage, sums.voltageCosine, sums.voltageSine)
        let current = reference.fit(sums.current, sums.currentCosine, sums.currentSine)
        let hasSignal =
            calibration.voltsPerCode * voltage.meanSquare.squareRoot() > rating.nominalVoltage * 0.05
            && voltage.meanSquare > sums.voltageSquared / Double(sums.count) / 2
        follow(
            tracker.add(voltage, reference, duration: Double(sums.count) / sampleRate, hasSignal: hasSignal))
        let reading = reading(voltage, current)
        if !reading.isCreeping { registers.count(joules: energy(voltage, current)) }
        sums = SampleSums()
        cycle = CycleExtremes()
        return reading
    }

    private func reading(_ voltage: Fit, _ rawCurrent: Fit) -> ChannelReading {
        let count = Double(sums.count)
        let current = rawCurrent.advanced(by: 2 * .pi * frequency * calibration.currentDelay)
        // What remains without the constant and the fundamental: harmonics and noise.
        let voltageRest = ChannelMeasurement.rest(
            sums.voltageSquared, voltage, sums.voltage, sums.voltageCosine, sums.voltageSine, count)
        let currentRest = ChannelMeasurement.rest(
            sums.currentSquared, rawCurrent, sums.current, sums.currentCosine, sums.currentSine, count)
        let powerRest =
            (sums.power - voltage.constant * sums.current - voltage.cosine * sums.currentCosine
                - voltage.sine * sums.currentSine) / count
        let (volts, amperes) = (calibration.voltsPerCode, calibration.amperesPerCode)
        let voltageRMS = volts * (voltage.meanSquare + voltageRest).squareRoot()
        let currentRMS = amperes * (current.meanSquare + currentRest).squareRoot()
        let active =
            volts * amperes * ((voltage.cosine * current.cosine + voltage.sine * current.sine) / 2 + powerRest)
        let reactive = volts * amperes * (voltage.cosine * current.sine - voltage.sine * current.cosine) / 2
        let extremes = cycle.voltages(withoutConstant: voltage.constant)
        var angle = current.angle - voltage.angle
        if angle > .pi { angle -= 2 * .pi } else if angle < -.pi { angle += 2 * .pi }
        return ChannelReading(
            voltage: voltageRMS, current: currentRMS, activePower: active, reactivePower: reactive,
            apparentPower: voltageRMS * currentRMS, phaseAngle: angle, frequency: frequency,
            voltageDistortion: ChannelMeasurement.distortion(voltageRest, voltage),
            currentDistortion: ChannelMeasurement.distortion(currentRest, current),
            minCycleVoltage: volts * extremes.lowest, maxCycleVoltage: volts * extremes.highest,
            isClipped: sums.voltagePeak >= maxVoltageCode || sums.currentPeak >= maxCurrentCode,
            isCreeping: abs(active) < creepLimit, count: sums.count, duration: count / sampleRate)
    }

    /// J of the window: the plain sum of products, without gaps between windows, minus the constant part, and with the
    /// fundamental's part corrected for the current's delay.
    private func energy(_ voltage: Fit, _ rawCurrent: Fit) -> Double {
        let current = rawCurrent.advanced(by: 2 * .pi * frequency * calibration.currentDelay)
        let constant =
            voltage.constant * sums.current + rawCurrent.constant * sums.voltage
            - voltage.constant * rawCurrent.constant * Double(sums.count)
        let delay =
            (voltage.cosine * (current.cosine - rawCurrent.cosine) + voltage.sine * (current.sine - rawCurrent.sine))
            / 2
        return calibration.voltsPerCode * calibration.amperesPerCode
            * (sums.power - constant + delay * Double(sums.count)) / sampleRate
    }

    private static func rest(
        _ square: Double, _ fit: Fit, _ sum: Double, _ cosine: Double, _ sine: Double, _ count: Double
    ) -> Double {
        max(0, square - fit.constant * sum - fit.cosine * cosine - fit.sine * sine) / count
    }

    private static func distortion(_ rest: Double, _ fit: Fit) -> Double {
        fit.meanSquare > 0 ? (rest / fit.meanSquare).squareRoot() : 0
    }

    // MARK: Tracking the frequency

    /// The reference follows the line's frequency; without a voltage it starts from the nominal frequency again.
    private mutating func follow(_ finding: FrequencyTracker.Finding) {
        switch finding {
        case .unknown: break
        case .lost:
            frequency = rating.nominalFrequency
            if reference.cycles > 1 { reference.set(frequency: frequency, cycles: 1) }
        case .frequency(let measured):
            guard ChannelMeasurement.range(rating).contains(measured) else { return }
            frequency = measured
            if reference.cycles == 1 || abs(measured - reference.frequency) > ChannelMeasurement.tolerance {
                reference.set(frequency: measured, cycles: ChannelMeasurement.cycles(rating))
            }
        }
    }

    /// Hz by which the line may differ from the reference: the error is less than 10⁻⁵ of a fundamental over 200 ms.
    private static let tolerance = 0.01
}
