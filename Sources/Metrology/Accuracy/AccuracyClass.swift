/// The limits of error of active energy (IEC 62053-22:2020, 8.2, class 0.2 S).
public enum AccuracyClass {
    /// The greatest error in percent, to either side, at a load point of class 0.2 S; nil where the standard has none.
    ///
    /// - Parameter point: of the test.
    public static func limit02S(_ point: LoadPoint) -> Double? {
        switch point.powerFactor {
        case .one:
            if point.current < 0.01 { nil } else { point.current < 0.05 ? 0.4 : 0.2 }
        case .lagging(0.5), .leading(0.8):
            if point.current < 0.02 { nil } else { point.current < 0.1 ? 0.5 : 0.3 }
        default: nil
        }
    }
}
