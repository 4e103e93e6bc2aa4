/// What is known of a branch before anything is read, and when a suspicion is one.
public struct BranchSettings: Sendable {
    /// The class of the current transformer.
    public var transformerClass: InstrumentClass = .class05
    /// The load at which that class holds, in W: three times the rated current by the phase voltage.
    public var ratedPower: Double
    /// Seconds by which a clock may be ahead or behind.
    public var clockTolerance = 30.0
    /// The share of the energy that the line loses at rated power; known to about a half of itself.
    public var lossAtRatedPower = 0.03
    /// W per meter that it takes for itself before its measuring elements; known to about itself.
    public var ownPower = 1.0
    /// W: what a meter cannot have measured, and so did not.
    public var maxMeterPower = 45_000.0
    /// Whole days that are learned from before anything is suspected; at least 7.
    public var learningDays = 21
    /// The evidence from which on something is a suspicion: the logarithm of how much likelier the records have to be
    /// with it than without.
    public var suspicionEvidence = 9.0
    /// The share of the branch's energy that a tap is expected to take, if there is one.
    public var usualTap = 0.01
    /// The share of what passes a meter that is expected to be diverted, if any is.
    public var usualBypass = 0.3
    /// The share of the branch's energy by which an honest one may drift: the model is not all there is.
    public var tapDrift = 0.000_15
    /// The share of what a meter measures by which an honest one may seem to drift.
    public var bypassDrift = 0.02

    /// - Parameter ratedPower: above 0, in W.
    public init(ratedPower: Double) {
        precondition(ratedPower > 0, "a transformer has a rating")
        self.ratedPower = ratedPower
    }
}
