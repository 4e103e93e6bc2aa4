/// How far a channel's parts are from their design.
public struct FrontEndErrors: Sendable, Hashable {
    /// Fractions by which divider and voltage converter, shunt and current converter, give too much.
    public var voltageGain: Double
    public var currentGain: Double
    /// Steps that a code is too high.
    public var voltageOffset: Double
    public var currentOffset: Double
    /// Steps rms of the converters' own noise.
    public var voltageNoise: Double
    public var currentNoise: Double
    /// Seconds that the current's samples come late.
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

    /// Parts of one percent, bought cheaply: what calibration has to take away.
    public static let ofOnePercent = FrontEndErrors(
        voltageGain: 0.009, currentGain: -0.012, voltageOffset: 37, currentOffset: -512, voltageNoise: 0.7,
        currentNoise: 3, currentDelay: 11e-6)
}
