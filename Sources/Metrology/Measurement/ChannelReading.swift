/// The measurements of one channel in one window of about 200 ms (IEC 61000-4-30, 4.4): ten cycles of 50 Hz, twelve of
/// 60 Hz.
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
    /// Radians by which the current's fundamental lags the voltage's, from −π to π.
    public var phaseAngle: Double
    /// Hz.
    public var frequency: Double
    /// Total harmonic distortion and noise of the voltage, as a fraction of its fundamental.
    public var voltageDistortion: Double
    /// Of the current.
    public var currentDistortion: Double
    /// V rms of the lowest cycle in the window: shows a sag.
    public var minCycleVoltage: Double
    /// V rms of the highest cycle in the window: shows a swell.
    public var maxCycleVoltage: Double
    /// Whether a converter was at its limit, so that the reading is too low.
    public var isClipped: Bool
    /// Whether the load is below the creep limit, so that no energy was counted.
    public var isCreeping: Bool
    /// Number of samples in the window.
    public var count: Int
    /// Duration of the window in seconds.
    public var duration: Double

    /// A reading, for example one made by a metering chip.
    ///
    /// - Parameters:
    ///   - voltage: V rms.
    ///   - current: A rms.
    ///   - activePower: W.
    ///   - reactivePower: var of the fundamental, positive where the current lags.
    ///   - apparentPower: VA.
    ///   - phaseAngle: radians by which the current lags.
    ///   - frequency: Hz.
    ///   - voltageDistortion: as a fraction of the fundamental.
    ///   - currentDistortion: as a fraction of the fundamental.
    ///   - minCycleVoltage: V rms.
    ///   - maxCycleVoltage: V rms.
    ///   - isClipped: whether a converter was at its limit.
    ///   - isCreeping: whether the load is below the creep limit.
    ///   - count: samples of the window.
    ///   - duration: seconds of the window.
    public init(
        voltage: Double, current: Double, activePower: Double, reactivePower: Double, apparentPower: Double,
        phaseAngle: Double, frequency: Double, voltageDistortion: Double, currentDistortion: Double,
        minCycleVoltage: Double, maxCycleVoltage: Double, isClipped: Bool, isCreeping: Bool, count: Int,
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
        self.minCycleVoltage = minCycleVoltage
        self.maxCycleVoltage = maxCycleVoltage
        self.isClipped = isClipped
        self.isCreeping = isCreeping
        self.count = count
        self.duration = duration
    }

    /// Active divided by apparent power, with the active power's sign; 0 without power.
    public var powerFactor: Double { apparentPower > 0 ? activePower / apparentPower : 0 }
}
