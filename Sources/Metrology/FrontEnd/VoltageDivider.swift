/// Two resistors in series that scale the line's voltage to the range of a converter.
public struct VoltageDivider: Sendable, Hashable {
    /// Between the line and the converter's input, in Ω.
    public let upper: Double
    /// Across the converter's input, in Ω.
    public let lower: Double

    /// - Parameters:
    ///   - upper: Ω, between line and input.
    ///   - lower: Ω, across the input.
    public init(upper: Double, lower: Double) {
        precondition(upper >= 0 && lower > 0, "a divider has two resistors")
        self.upper = upper
        self.lower = lower
    }

    /// Volts at the input per volt on the line.
    public var ratio: Double { lower / (upper + lower) }
}
