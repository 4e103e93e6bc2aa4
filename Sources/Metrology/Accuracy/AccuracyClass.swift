/// The limits of percentage error for active energy (IEC 62053-22:2020, 8.2, class 0.2 S).
public enum AccuracyClass {
    /// The standard of static meters for active energy of the classes 0.1 S, 0.2 S and 0.5 S.
    public static let standard = "IEC 62053-22"
    /// The class as the standard writes it.
    public static let designation02S = "0.2 S"

    /// The maximum error in percent, in either direction, at a load point of class 0.2 S; nil if the standard has none.
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
