public import Metrology

/// A current transformer with its errors (IEC 61869-2, 3.4).
public struct SimulatedCurrentTransformer: Sendable, Hashable {
    public let design: CurrentTransformer
    /// Fraction by which the current to the meter is too high.
    public var ratioError: Double
    /// Radians by which the current to the meter leads that of the line.
    public var displacement: Double

    /// - Parameters:
    ///   - design: as on its type plate.
    ///   - ratioError: a fraction, positive if the meter gets too much.
    ///   - displacement: radians, positive if the meter's current leads.
    public init(_ design: CurrentTransformer, ratioError: Double = 0, displacement: Double = 0) {
        self.design = design
        self.ratioError = ratioError
        self.displacement = displacement
    }

    /// The current to the meter.
    ///
    /// - Parameter current: of the line.
    public func secondary(_ current: Waveform) -> Waveform {
        var current = current
        let factor = (1 + ratioError) / design.ratio
        current.fundamental *= factor
        current.noise *= factor
        current.angle -= displacement
        return current
    }
}
