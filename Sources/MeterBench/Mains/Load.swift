public import Metrology

#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// The load of a household on one source at a moment.
public struct Load: Sendable, Hashable {
    /// W, positive from the line to the load.
    public let watts: Double
    /// Degrees by which the current lags the voltage, from −180 to 180; negative if it leads.
    public let degrees: Double

    public static let none = Load(watts: 0, degrees: 0)

    /// - Parameters:
    ///   - watts: active power in W; negative to the line.
    ///   - degrees: of lag: within ±90 if power comes from the line, beyond if it goes to the line.
    public init(watts: Double, degrees: Double) {
        precondition(Load.isPossible(watts: watts, degrees: degrees), "power and angle contradict each other")
        self.watts = watts
        self.degrees = degrees
    }

    /// Whether such a load is possible: the angle's cosine has the power's sign.
    static func isPossible(watts: Double, degrees: Double) -> Bool {
        guard watts.isFinite, abs(degrees) <= 180 else { return false }
        return watts == 0 || (watts > 0 ? abs(degrees) < 90 : abs(degrees) > 90)
    }

    /// Radians by which the current lags the voltage.
    public var angle: Double { degrees * .pi / 180 }

    /// A rms on a line.
    ///
    /// - Parameter voltage: V rms.
    public func current(at voltage: Double) -> Double { watts == 0 ? 0 : watts / (voltage * cos(angle)) }

    /// Its energy over a duration, to the nearest microjoule; negative to the line.
    ///
    /// - Parameter seconds: the duration.
    public func energy(seconds: Int) -> Energy {
        Energy(microjoules: Int64((watts * Double(seconds) * 1e6).rounded()))
    }
}
