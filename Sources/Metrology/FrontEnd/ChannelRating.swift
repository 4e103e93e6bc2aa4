/// The rating of a channel (IEC 62052-11, clause 4).
public struct ChannelRating: Sendable, Hashable {
    /// V rms: 110, 220 or 240.
    public let nominalVoltage: Double
    /// A rms.
    public let nominalCurrent: Double
    /// Max. current in A rms within its accuracy class; 120 % of the nominal by default.
    public let maxCurrent: Double
    /// Hz: 50 or 60.
    public let nominalFrequency: Double

    /// - Parameters:
    ///   - nominalVoltage: V rms.
    ///   - nominalCurrent: A rms.
    ///   - maxCurrent: A rms.
    ///   - nominalFrequency: Hz.
    public init(
        nominalVoltage: Double, nominalCurrent: Double, maxCurrent: Double? = nil, nominalFrequency: Double = 50
    ) {
        precondition(nominalVoltage > 0 && nominalCurrent > 0 && nominalFrequency > 0, "a rating has no zero")
        self.nominalVoltage = nominalVoltage
        self.nominalCurrent = nominalCurrent
        self.maxCurrent = maxCurrent ?? 1.2 * nominalCurrent
        self.nominalFrequency = nominalFrequency
    }

    /// W at nominal voltage and current.
    public var nominalPower: Double { nominalVoltage * nominalCurrent }
}
