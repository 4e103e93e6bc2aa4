#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// A measuring current transformer (IEC 61869-2): it brings the current of a line to the range of a meter.
public struct CurrentTransformer: Sendable, Hashable {
    /// Rated A in the line.
    public let primary: Double
    /// Rated A to the meter: 1, 2 or 5.
    public let secondary: Double
    public let accuracyClass: AccuracyClass

    /// - Parameters:
    ///   - primary: A rms, rated.
    ///   - secondary: A rms, rated.
    ///   - accuracyClass: of its errors.
    public init(primary: Double, secondary: Double = 5, accuracyClass: AccuracyClass = .class05S) {
        precondition(primary > 0 && secondary > 0, "a transformer has two rated currents")
        self.primary = primary
        self.secondary = secondary
        self.accuracyClass = accuracyClass
    }

    /// A in the line per A to the meter: 80 of 400/5.
    public var ratio: Double { primary / secondary }

    /// The rating of line and transformer together, for a meter of this rating.
    ///
    /// - Parameter rating: of the meter's own inputs.
    public func primaryRating(_ rating: ChannelRating) -> ChannelRating {
        ChannelRating(
            nominalVoltage: rating.nominalVoltage, nominalCurrent: rating.nominalCurrent * ratio,
            maxCurrent: rating.maxCurrent * ratio, nominalFrequency: rating.nominalFrequency)
    }

    /// A meter's calibration for what flows in the line.
    ///
    /// - Parameter calibration: of the meter's own inputs.
    public func primaryCalibration(_ calibration: Calibration) -> Calibration {
        Calibration(
            voltsPerCode: calibration.voltsPerCode, amperesPerCode: calibration.amperesPerCode * ratio,
            currentDelay: calibration.currentDelay)
    }

    /// The limits of its errors at a current; nil below those of its class.
    ///
    /// - Parameter current: as a fraction of the rated one.
    public func limits(at current: Double) -> Limits? { accuracyClass.limits(at: current) }

    /// What a transformer may be off by.
    public struct Limits: Sendable, Hashable {
        /// Percent of the current, in either direction.
        public let ratio: Double
        /// Minutes of angle, in either direction.
        public let displacement: Double

        /// - Parameters:
        ///   - ratio: percent.
        ///   - displacement: minutes of angle.
        public init(ratio: Double, displacement: Double) {
            self.ratio = ratio
            self.displacement = displacement
        }

        /// The most that it adds to the error of active energy, in percent; nil without active energy.
        ///
        /// - Parameter powerFactor: of the load.
        public func energyError(_ powerFactor: LoadPoint.PowerFactor) -> Double? {
            let angle = abs(powerFactor.angle)
            guard cos(angle) > 1e-6 else { return nil }
            let radians = displacement / 60 * .pi / 180
            let turned = [angle + radians, angle - radians].map { abs(cos($0) / cos(angle) - 1) }.max() ?? 0
            return ((1 + ratio / 100) * (1 + turned) - 1) * 100
        }
    }

    /// The classes for metering.
    public enum AccuracyClass: UInt8, Sendable, Hashable, CaseIterable {
        case class02S = 1
        case class05S = 2
        case class02 = 3
        case class05 = 4
        case class1 = 5
    }
}

extension CurrentTransformer.AccuracyClass {
    /// The standard of measuring current transformers.
    public static let standard = "IEC 61869-2"

    /// As the standard writes it: `0.5S`.
    public var designation: String {
        switch self {
        case .class02S: "0.2S"
        case .class05S: "0.5S"
        case .class02: "0.2"
        case .class05: "0.5"
        case .class1: "1"
        }
    }

    /// At percent of the rated current, ascending (IEC 61869-2:2012, tables 201 and 202).
    private var table: [(percent: Double, ratio: Double, displacement: Double)] {
        switch self {
        case .class02S: [(1, 0.75, 30), (5, 0.35, 15), (20, 0.2, 10)]
        case .class05S: [(1, 1.5, 90), (5, 0.75, 45), (20, 0.5, 30)]
        case .class02: [(5, 0.75, 30), (20, 0.35, 15), (100, 0.2, 10)]
        case .class05: [(5, 1.5, 90), (20, 0.75, 45), (100, 0.5, 30)]
        case .class1: [(5, 3, 180), (20, 1.5, 90), (100, 1, 60)]
        }
    }

    /// The limits at a current: those of the highest listed one that it reaches.
    func limits(at current: Double) -> CurrentTransformer.Limits? {
        table.last { $0.percent <= current * 100 * (1 + 1e-9) }.map {
            CurrentTransformer.Limits(ratio: $0.ratio, displacement: $0.displacement)
        }
    }
}

extension ChannelMeasurement {
    /// Measures a line through a current transformer: its readings and energy are those of the line.
    ///
    /// - Parameters:
    ///   - rating: of the meter's own inputs.
    ///   - transformer: before them.
    ///   - frontEnd: the source of its samples.
    ///   - calibration: of the meter's own inputs; the nominal design values by default.
    public init(
        _ rating: ChannelRating, through transformer: CurrentTransformer, _ frontEnd: FrontEnd,
        _ calibration: Calibration? = nil
    ) {
        self.init(
            transformer.primaryRating(rating), frontEnd,
            transformer.primaryCalibration(calibration ?? Calibration(asDesigned: frontEnd)))
    }
}
