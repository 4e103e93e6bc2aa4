/// A sine of a whole multiple of the fundamental's frequency.
public struct Harmonic: Sendable, Hashable {
    /// 2 or above.
    public let order: Int
    /// Rms, as a fraction of the fundamental's.
    public let fraction: Double
    /// Radians by which it lags the fundamental's start, in its own periods.
    public let angle: Double

    /// - Parameters:
    ///   - order: 2 or above.
    ///   - fraction: of the fundamental.
    ///   - angle: radians.
    public init(order: Int, fraction: Double, angle: Double = 0) {
        precondition(order >= 2, "the fundamental is not a harmonic")
        self.order = order
        self.fraction = fraction
        self.angle = angle
    }
}

/// The waveform of a voltage or current.
public struct Waveform: Sendable, Hashable {
    /// Rms of the fundamental, in V or A.
    public var fundamental: Double
    /// Radians by which the fundamental lags the line's phase.
    public var angle: Double
    public var harmonics: [Harmonic]
    /// Rms of white noise, in V or A.
    public var noise: Double

    /// - Parameters:
    ///   - fundamental: V or A rms.
    ///   - angle: radians of lag.
    ///   - harmonics: added to the fundamental.
    ///   - noise: V or A rms.
    public init(fundamental: Double, angle: Double = 0, harmonics: [Harmonic] = [], noise: Double = 0) {
        self.fundamental = fundamental
        self.angle = angle
        self.harmonics = harmonics
        self.noise = noise
    }

    /// Rms without the noise.
    public var rms: Double {
        fundamental * harmonics.reduce(1) { $0 + $1.fraction * $1.fraction }.squareRoot()
    }

    /// Total harmonic distortion, without the noise.
    public var distortion: Double {
        harmonics.reduce(0) { $0 + $1.fraction * $1.fraction }.squareRoot()
    }
}
