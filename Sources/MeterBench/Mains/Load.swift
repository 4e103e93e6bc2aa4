public import Metrology

#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// What a household draws from one source at a moment.
public struct Load: Sendable, Hashable {
    /// W, positive from the line to the load.
    public let watts: Double
    /// Degrees that the current lags the voltage, from −180 to 180; negative where it leads.
    public let degrees: Double

    public static let none = Load(watts: 0, degrees: 0)

    /// - Parameters:
    ///   - watts: active power in W; negative to the line.
    ///   - degrees: of lag, within a right angle where power comes from the line, beyond one where it goes to it.
    public init(watts: Double, degrees: Double) {
        precondition(Load.isPossible(watts: watts, degrees: degrees), "power and angle contradict each other")
        self.watts = watts
        self.degrees = degrees
    }

    /// Whether there is such a load: the angle's cosine has the power's sign.
    static func isPossible(watts: Double, degrees: Double) -> Bool {
        guard watts.isFinite, abs(degrees) <= 180 else { return false }
        return watts == 0 || (watts > 0 ? abs(degrees) < 90 : abs(degrees) > 90)
    }

    /// Radians that the current lags the voltage.
    public var angle: Double { degrees * .pi / 180 }

    /// A rms on a line.
    ///
    /// - Parameter voltage: V rms.
    public func current(at voltage: Double) -> Double { watts == 0 ? 0 : watts / (voltage * cos(angle)) }

    /// What it draws in some time, to the nearest microjoule; negative to the line.
    ///
    /// - Parameter seconds: of it.
    public func energy(seconds: Int) -> Energy {
        Energy(microjoules: Int64((watts * Double(seconds) * 1e6).rounded()))
    }
}
