public import CardCrypto
public import Metrology

/// The parts of a local unit's meter.
public struct TransformerParts {
    public var clock: AdjustableClock
    /// The counter behind the clock's base, if it can report that it stopped.
    public var crystal: (any CrystalClock)?
    public var randomness: any RandomSource
    /// The measurement of each phase as ``TransformerConfiguration/measurement(_:_:)`` makes it; none if energy is
    /// measured elsewhere.
    public var measurements: [ChannelMeasurement]

    /// - Parameters:
    ///   - clock: of the unit.
    ///   - crystal: of the clock; nil if its base cannot stop.
    ///   - randomness: for sessions.
    ///   - measurements: of each phase; none if energy is measured elsewhere.
    public init(
        clock: AdjustableClock, crystal: (any CrystalClock)? = nil,
        randomness: any RandomSource = SystemRandomness(), measurements: [ChannelMeasurement] = []
    ) {
        self.clock = clock
        self.crystal = crystal
        self.randomness = randomness
        self.measurements = measurements
    }
}
