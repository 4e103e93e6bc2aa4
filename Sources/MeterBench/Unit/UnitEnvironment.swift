public import Meter
internal import Metrology

/// The environment and the part errors of a simulated local unit's meter.
public struct UnitEnvironment: SimulatedEnvironment {
    public var phases: [Phase]
    /// Milliseconds since 1970-01-01 UTC when it was stopped; nil before it first ran.
    public var milliseconds: Int64?
    /// Of its clock; nil before it first ran.
    public var crystal: MeterEnvironment.Crystal?

    /// - Parameters:
    ///   - phases: of the unit.
    ///   - milliseconds: since 1970-01-01 UTC when it was stopped; nil before it first ran.
    ///   - crystal: of its clock; nil before it first ran.
    public init(phases: [Phase], milliseconds: Int64? = nil, crystal: MeterEnvironment.Crystal? = nil) {
        self.phases = phases
        self.milliseconds = milliseconds
        self.crystal = crystal
    }

    /// A phase: the unit's inputs, and the errors of the current transformer before them.
    public struct Phase: Codable, Sendable, Equatable {
        public var input: MeterEnvironment.Channel
        /// Fraction by which the current to the unit is too high.
        public var ratioError: Double
        /// Radians by which the current to the unit leads that of the line.
        public var displacement: Double

        /// - Parameters:
        ///   - input: the unit's inputs.
        ///   - ratioError: a fraction, positive if the unit gets too much.
        ///   - displacement: radians, positive if the unit's current leads.
        public init(input: MeterEnvironment.Channel, ratioError: Double, displacement: Double) {
            self.input = input
            self.ratioError = ratioError
            self.displacement = displacement
        }
    }

    /// Inputs with errors of one percent, calibrated as in a factory, behind transformers whose errors are within their
    /// class.
    ///
    /// - Parameters:
    ///   - configuration: of the unit.
    ///   - seed: of all errors and noise.
    public init(_ configuration: TransformerConfiguration, seed: UInt64) {
        var numbers = NoiseSource(seed: seed)
        let limits = configuration.transformer.limits(at: 1)
        self.init(
            phases: (0..<configuration.phases).map { phase in
                let input = MeterEnvironment.Channel(configuration.inputRating, seed: seed &+ UInt64(phase))
                let (ratio, displacement) = (numbers.uniform() * 2 - 1, numbers.uniform() * 2 - 1)
                return Phase(
                    input: input, ratioError: ratio * (limits?.ratio ?? 0) / 100,
                    displacement: displacement * (limits?.displacement ?? 0) / 60 * .pi / 180)
            })
    }

    public var isPossible: Bool {
        (1...3).contains(phases.count) && MeterEnvironment.times.contains(Double(milliseconds ?? 0))
            && crystal?.isPossible ?? true
            && phases.allSatisfy { $0.input.isPossible && abs($0.ratioError) < 0.5 && abs($0.displacement) < 0.5 }
    }
}
