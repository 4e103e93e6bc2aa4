public import Metrology

/// A channel's errors at every load point of class 0.2 S, and the verdicts on them.
public struct AccuracyTable: Sendable, Hashable {
    public let rating: ChannelRating
    /// Of the current's converter: 16 or 20.
    public let currentBits: Int
    /// Per point.
    public let seconds: Int
    /// Of all noise: the same gives the same errors.
    public let seed: UInt64
    /// Whether the instrument was calibrated before; if not, it measures as designed.
    public let isCalibrated: Bool
    /// In the order of `LoadPoint.class02S`.
    public let rows: [AccuracyTest.Row]

    /// Tests the channel, which takes a while.
    ///
    /// - Parameters:
    ///   - rating: of the channel.
    ///   - currentBits: of the current's converter: 16 or 20.
    ///   - seconds: per point, 1 or more.
    ///   - seed: of all noise.
    ///   - isCalibrated: whether to calibrate the instrument before.
    public init(_ rating: ChannelRating, currentBits: Int, seconds: Int, seed: UInt64, isCalibrated: Bool) {
        self.rating = rating
        self.currentBits = currentBits
        self.seconds = seconds
        self.seed = seed
        self.isCalibrated = isCalibrated
        let test = AccuracyTest(
            rating, frontEnd: FrontEnd(for: rating, currentBits: currentBits), duration: Double(seconds), seed: seed)
        rows = test.run(LoadPoint.class02S, isCalibrated ? nil : Calibration(asDesigned: test.frontEnd))
    }

    /// How many points have the verdict.
    public func count(_ verdict: AccuracyTest.Verdict) -> Int { rows.count { $0.verdict == verdict } }
}
