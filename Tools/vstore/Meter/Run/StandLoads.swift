import Meter

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What is on a running meter's channels: by a profile, or set by hand.
final class StandLoads {
    private var fixed: [ChannelLoad]
    private let profile: ((UInt32) -> [ChannelLoad])?
    private(set) var isByProfile: Bool
    /// What a profile's load is multiplied with.
    private var factor = 1.0

    /// - Parameters:
    ///   - fixed: of each channel.
    ///   - profile: gives the loads at seconds since 1970-01-01 UTC; nil where there is none.
    init(_ fixed: [ChannelLoad], profile: ((UInt32) -> [ChannelLoad])?) {
        self.fixed = fixed
        self.profile = profile
        isByProfile = profile != nil
    }

    func now(at seconds: UInt32) -> [ChannelLoad] {
        guard isByProfile, let profile else { return fixed }
        return profile(seconds).map { ChannelLoad(watts: $0.watts * factor, angle: $0.angle) }
    }

    /// Sets a channel by hand; the others keep what they have by hand.
    func set(_ channel: Int, watts: Double, powerFactor: Double) {
        isByProfile = false
        while fixed.count <= channel { fixed.append(.none) }
        let angle = acos(abs(powerFactor))
        fixed[channel] = ChannelLoad(watts: watts, angle: powerFactor < 0 ? -angle : angle)
    }

    func change(by factor: Double) {
        if isByProfile {
            self.factor *= factor
        } else {
            fixed = fixed.map { ChannelLoad(watts: $0.watts * factor, angle: $0.angle) }
        }
    }

    /// - Returns: whether there is one.
    func followProfile() -> Bool {
        isByProfile = profile != nil
        factor = 1
        return isByProfile
    }
}
