#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// Percent of the rate by the angle between voltage and current, for all channels together.
public struct AngleRates: Sendable, Hashable {
    public var bands: [Band]

    /// From one angle to another.
    public struct Band: Sendable, Hashable {
        /// Degrees by which the current lags, from −180; negative if it leads.
        public let from: Int
        /// The first angle beyond it, to 180, which itself is included.
        public let to: Int
        /// Of the rate, 0 to 1000.
        public let percent: UInt16

        /// Nil if a value is out of range.
        public init?(from: Int, to: Int, percent: UInt16) {
            guard (-180..<180).contains(from), from < to, to <= 180, percent <= 1000 else { return nil }
            (self.from, self.to, self.percent) = (from, to, percent)
        }
    }

    /// - Parameter bands: the first that contains an angle counts; 100 percent if none does.
    public init(bands: [Band] = []) { self.bands = bands }

    /// The percentage for an angle.
    ///
    /// - Parameters:
    ///   - watts: active power of all channels.
    ///   - vars: reactive power, positive where the current lags.
    public func percent(watts: Double, vars: Double) -> UInt16 {
        guard !bands.isEmpty, watts != 0 || vars != 0 else { return 100 }
        let degrees = atan2(vars, watts) * 180 / .pi
        return bands.first { band in
            Double(band.from) <= degrees && (degrees < Double(band.to) || band.to == 180)
        }?.percent ?? 100
    }
}
