/// A temporary change of the voltage: a sag, a swell, an interruption (IEC 61000-4-30, clause 3).
public struct Disturbance: Sendable, Hashable {
    /// Seconds from the start.
    public let start: Double
    /// Seconds.
    public let duration: Double
    /// Factor of the voltage.
    public let factor: Double

    /// - Parameters:
    ///   - start: s.
    ///   - duration: s.
    ///   - factor: 0 for an interruption, below 1 for a sag, above 1 for a swell.
    public init(start: Double, duration: Double, factor: Double) {
        self.start = start
        self.duration = duration
        self.factor = factor
    }
}
