/// What a channel measured in one window of about 200 ms (IEC 61000-4-30, 4.4): ten cycles of 50 Hz, twelve of 60 Hz.
public struct ChannelReading: Sendable, Hashable {
    /// V rms.
    public var voltage: Double
    /// A rms.
    public var current: Double
    /// W, positive from the line to the load.
    public var activePower: Double
    /// var of the fundamental, positive where the current lags (IEC 62053-23).
    public var reactivePower: Double
    /// VA: voltage times current.
    public var apparentPower: Double
    /// Radians that the current's fundamental lags the voltage's, from −π to π.
    public var phaseAngle: Double
    /// Hz.
    public var frequency: Double
    /// Total harmonic distortion and noise of the voltage, as a fraction of its fundamental.
    public var voltageDistortion: Double
    /// Of the current.
    public var currentDistortion: Double
    /// V rms of the least cycle in the window: a sag shows here.
    public var leastCycleVoltage: Double
    /// V rms of the greatest cycle in the window: a swell shows here.
    public var greatestCycleVoltage: Double
    /// Whether a converter was at the end of its range, so that less was measured than there was.
    public var isClipped: Bool
    /// Whether the load is below the creep limit, so that no energy was counted.
    public var isCreeping: Bool
    /// Samples of the window.
    public var count: Int
    /// Seconds of the window.
    public var duration: Double

    /// A reading, as a metering chip may have made it.
    ///
    /// - Parameters:
    ///   - voltage: V rms.
    ///   - current: A rms.
    ///   - activePower: W.
    ///   - reactivePower: var of the fundamental, positive where the current lags.
    ///   - apparentPower: VA.
    ///   - phaseAngle: radians that the current lags.
    ///   - frequency: Hz.
    ///   - voltageDistortion: as a fraction of the fundamental.
    ///   - currentDistortion: as a fraction of the fundamental.
    ///   - leastCycleVoltage: V rms.
    ///   - greatestCycleVoltage: V rms.
    ///   - isClipped: whether a converter was at the end of its range.
    ///   - isCreeping: whether the load is below the creep limit.
    ///   - count: samples of the window.
    ///   - duration: seconds of the window.
    public init(
        voltage: Double, current: Double, activePower: Double, reactivePower: Double, apparentPower: Double,
        phaseAngle: Double, frequency: Double, voltageDistortion: Double, currentDistortion: Double,
        leastCycleVoltage: Double, greatestCycleVoltage: Double, isClipped: Bool, isCreeping: Bool, count: Int,
        duration: Double
    ) {
        self.voltage = voltage
        self.current = current
        self.activePower = activePower
        self.reactivePower = reactivePower
        self.apparentPower = apparentPower
        self.phaseAngle = phaseAngle
        self.frequency = frequency
        self.voltageDistortion = voltageDistortion
        self.currentDistortion = currentDistortion
        self.leastCycleVoltage = leastCycleVoltage
        self.greatestCycleVoltage = greatestCycleVoltage
        self.isClipped = isClipped
        self.isCreeping = isCreeping
        self.count = count
        self.duration = duration
    }

    /// Active by apparent power, with the active power's sign; 0 without power.
    public var powerFactor: Double { apparentPower > 0 ? activePower / apparentPower : 0 }
}
