#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// What is on the channels of a bench's meter: by a profile, or set by hand.
public final class BenchLoads {
    private var fixed: [Load]
    private let profile: LoadProfile?
    public private(set) var isByProfile: Bool
    /// What a profile's load is multiplied with.
    private var factor = 1.0

    /// 2026-01-01, a Thursday, as that of the household's year: profiles begin there, and are repeated after their ends.
    private static let start = 1_767_225_600

    /// - Parameters:
    ///   - fixed: of each channel; where it is empty the profile is followed.
    ///   - profile: nil where there is none.
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
            return Load(watts: load.watts * factor, degrees: load.degrees)
        }
    }

    /// Sets a channel by hand; the others keep what they have by hand.
    public func set(_ channel: Int, _ load: Load) {
        isByProfile = false
        while fixed.count <= channel { fixed.append(.none) }
        fixed[channel] = load
    }

    /// Multiplies all loads, of the profile too.
    public func change(by factor: Double) {
        if isByProfile {
            self.factor *= factor
        } else {
            fixed = fixed.map { Load(watts: $0.watts * factor, degrees: $0.degrees) }
        }
    }

    /// Follows the profile from now on.
    ///
    /// - Returns: whether there is one.
    public func followProfile() -> Bool {
        isByProfile = profile != nil
        factor = 1
        return isByProfile
    }
}

extension Load {
    /// A load by its power factor: negative where the current leads; power to the line is negative.
    public init(watts: Double, powerFactor: Double) {
        let lag = acos(abs(powerFactor)) * 180 / .pi
        let degrees = watts < 0 ? 180 - lag : lag
        self.init(watts: watts, degrees: powerFactor < 0 ? -degrees : degrees)
    }
}
