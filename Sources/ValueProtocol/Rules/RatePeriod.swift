/// A time during which local date and rate stay the same, and local time runs on without a jump.
///
/// The next period may have the same rate.
public struct RatePeriod: Sendable, Hashable {
    /// Its first second.
    public let start: Timestamp
    /// The first second after it; the last second that a timestamp can tell, where it is beyond that.
    public let end: Timestamp
    /// Local days since 1970-01-01.
    public let dayNumber: Int
    /// Whether the rates of a holiday apply.
    public let isHoliday: Bool
    /// The register that counts: 1 to 16; 1 under a tariff table.
    public let rate: UInt8
    /// Of the price, 0 to 1000.
    public let percent: UInt16

    public func contains(_ time: Timestamp) -> Bool { start <= time && time < end }

    /// The local month, counted from January of year 0.
    public var monthNumber: Int { CivilDate(dayNumber: dayNumber).monthNumber }
}

extension CivilDate {
    /// Months since January of year 0.
    public var monthNumber: Int { year * 12 + month - 1 }
}
