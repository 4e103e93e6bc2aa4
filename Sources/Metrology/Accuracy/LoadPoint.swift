#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// A load at which an instrument is tested.
public struct LoadPoint: Sendable, Hashable, CustomStringConvertible {
    /// As a fraction of the nominal current.
    public let current: Double
    public let powerFactor: PowerFactor

    /// The cosine of the angle between voltage and current, and which of them leads.
    public enum PowerFactor: Sendable, Hashable, CustomStringConvertible {
        case one
        /// The current lags, as in an inductor.
        case lagging(Double)
        /// The current leads, as in a capacitor.
        case leading(Double)

        /// Radians by which the current lags.
        public var angle: Double {
            switch self {
            case .one: 0
            case .lagging(let cosine): acos(cosine)
            case .leading(let cosine): -acos(cosine)
            }
        }

        /// `1`, `0.5 lagging`, `0.8 leading`.
        public var description: String {
            switch self {
            case .one: "1"
            case .lagging(let cosine): "\(cosine) lagging"
            case .leading(let cosine): "\(cosine) leading"
            }
        }
    }

    /// - Parameters:
    ///   - current: as a fraction of the nominal current.
    ///   - powerFactor: of the load.
    public init(current: Double, powerFactor: PowerFactor) {
        self.current = current
        self.powerFactor = powerFactor
    }

    /// The test points of class 0.2 S: 1 % to 120 % of the nominal current, power factor 1, 0.5 lagging and 0.8
    /// leading.
    public static let class02S: [LoadPoint] = {
        let currents = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 1.2]
        return [PowerFactor.one, .lagging(0.5), .leading(0.8)].flatMap { factor in
            currents.map { LoadPoint(current: $0, powerFactor: factor) }
        }
    }()

    /// `100.0 %, 0.5 lagging`
    public var description: String { "\((current * 1_000).rounded() / 10) %, \(powerFactor)" }
}
