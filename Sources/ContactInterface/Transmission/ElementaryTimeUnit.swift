import ISO7816

/// The elementary time unit: F/D clock periods, the length of one moment of a character (ISO/IEC 7816-3, 7.1).
///
/// All times of the engines are whole clock periods, since the standard defines them by the clock: at 4 MHz a period is
/// 250 ns. Fractions are rounded up, by less than one period.
public struct ElementaryTimeUnit: Sendable, Hashable {
    /// F, the clock rate conversion integer.
    public let clockRateConversion: Int
    /// D, the baud rate adjustment integer.
    public let baudRateAdjustment: Int

    /// That of the answer to reset, and used without negotiation: Fd = 372, Dd = 1 (8.3).
    public static let initial = ElementaryTimeUnit(clockRateConversion: 372, baudRateAdjustment: 1)

    /// - Precondition: both are positive.
    public init(clockRateConversion: Int, baudRateAdjustment: Int) {
        precondition(clockRateConversion > 0 && baudRateAdjustment > 0, "F and D are positive")
        self.clockRateConversion = clockRateConversion
        self.baudRateAdjustment = baudRateAdjustment
    }

    /// The unit that TA1 or PPS1 names; nil for values reserved for future use.
    public init?(indices: UInt8) {
        guard let rate = AnswerToReset.clockRate(index: indices >> 4),
            let adjustment = AnswerToReset.baudRateAdjustment(index: indices & 0x0F)
        else { return nil }
        self.init(clockRateConversion: rate.integer, baudRateAdjustment: adjustment)
    }

    /// `count` units in clock periods.
    public func periods(_ count: Int) -> Int { periods(halves: 2 * count) }

    /// `count` half units in clock periods.
    public func periods(halves count: Int) -> Int {
        (count * clockRateConversion + 2 * baudRateAdjustment - 1) / (2 * baudRateAdjustment)
    }
}
