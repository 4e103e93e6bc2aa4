#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// The loads on the channels of a bench's meter: from a profile, or set manually.
public final class BenchLoads {
    private var fixed: [Load]
    private let profile: LoadProfile?
    private(set) var isByProfile: Bool
    /// Factor of the profile's loads.
    private var factor = 1.0

    /// 2026-01-01, a Thursday like the first day of the household's year: profiles start there, and repeat.
    private static let start = 1_767_225_600

    /// - Parameters:
    ///   - fixed: of each channel; if empty, the profile is followed.
    ///   - profile: nil if there is none.
    public init(_ fixed: [Load], profile: LoadProfile?) {
        self.fixed = fixed
        self.profile = profile
        isByProfile = fixed.isEmpty && profile != nil
    }

    /// The loads at seconds since 1970-01-01 UTC.
    public func loads(at seconds: UInt32) -> [Load] {
        guard isByProfile, let profile else { return fixed }
        return (0..<profile.channels).map { channel in
            let load = profile.load(at: Int(seconds) - Self.start, channel: channel)
            return load.multiplied(by: factor)
        }
    }

    /// Milliseconds until the profile's next row; nil where no profile is followed.
    ///
    /// - Parameter milliseconds: since 1970-01-01 UTC.
    func untilChange(at milliseconds: Int64) -> Int64? {
        guard isByProfile, let profile else { return nil }
        let seconds = milliseconds / 1000
        return Int64(profile.secondsUntilRow(after: Int(seconds) - Self.start)) * 1000 - milliseconds % 1000
    }

    /// Sets a channel manually; the others keep their manual load.
    public func set(_ channel: Int, _ load: Load) {
        isByProfile = false
        while fixed.count <= channel { fixed.append(.none) }
        fixed[channel] = load
    }

    /// Multiplies all loads, including the profile's, up to a megawatt each.
    ///
    /// - Parameter factor: 0 or above.
    public func change(by factor: Double) {
        precondition(factor >= 0, "a load keeps its direction")
        if isByProfile {
            self.factor = min(self.factor * factor, Load.maxWatts)
        } else {
            fixed = fixed.map { $0.multiplied(by: factor) }
        }
    }

    /// Follows the profile from now on.
    ///
    /// - Returns: whether there is one.
    func followProfile() -> Bool {
        isByProfile = profile != nil
        factor = 1
        return isByProfile
    }
}

extension Load {
    /// W up to which a load is set or multiplied.
    static let maxWatts = 1e6

    /// The load times a factor, at most ``maxWatts`` or what it was.
    fileprivate func multiplied(by factor: Double) -> Load {
        let limit = max(Load.maxWatts, abs(watts))
        return Load(watts: watts == 0 ? 0 : min(max(watts * factor, -limit), limit), degrees: degrees)
    }

    /// A load by its power factor: negative if the current leads; power to the line is negative.
    public init(watts: Double, powerFactor: Double) {
        let lag = acos(abs(powerFactor)) * 180 / .pi
        let degrees = watts < 0 ? 180 - lag : lag
        self.init(watts: watts, degrees: powerFactor < 0 ? -degrees : degrees)
    }
}
