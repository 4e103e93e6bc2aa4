/// The deviation of a channel's parts from their design.
public struct FrontEndErrors: Sendable, Hashable {
    /// Relative gain errors of divider and voltage converter, and of shunt and current converter.
    public var voltageGain: Double
    public var currentGain: Double
    /// Steps by which a code is too high.
    public var voltageOffset: Double
    public var currentOffset: Double
    /// Steps rms of the converters' own noise.
    public var voltageNoise: Double
    public var currentNoise: Double
    /// Delay of the current's samples in seconds.
    public var currentDelay: Double

    /// - Parameters:
    ///   - voltageGain: a fraction.
    ///   - currentGain: a fraction.
    ///   - voltageOffset: steps.
    ///   - currentOffset: steps.
    ///   - voltageNoise: steps rms.
    ///   - currentNoise: steps rms.
    ///   - currentDelay: s.
    public init(
        voltageGain: Double = 0, currentGain: Double = 0, voltageOffset: Double = 0, currentOffset: Double = 0,
        voltageNoise: Double = 0, currentNoise: Double = 0, currentDelay: Double = 0
    ) {
        self.voltageGain = voltageGain
        self.currentGain = currentGain
        self.voltageOffset = voltageOffset
        self.currentOffset = currentOffset
        self.voltageNoise = voltageNoise
        self.currentNoise = currentNoise
        self.currentDelay = currentDelay
    }

    /// Inexpensive parts with errors of one percent, which calibration must remove.
    public static let ofOnePercent = FrontEndErrors(
        voltageGain: 0.009, currentGain: -0.012, voltageOffset: 37, currentOffset: -512, voltageNoise: 0.7,
        currentNoise: 3, currentDelay: 11e-6)
}
