public import ValueProtocol

/// A stretch of hours, days, weeks or months without a record, between two that have one.
///
/// A meter without supply records nothing, and one that was not read for long has overwritten what was there.
public struct UseGap: Sendable, Hashable {
    public let series: UsageSeries
    /// The start of the first period without a record.
    public let from: Timestamp
    /// The start of the next period with a record.
    public let to: Timestamp
    /// The number of periods without a record.
    public let count: Int

    public init(series: UsageSeries, from: Timestamp, to: Timestamp, count: Int) {
        self.series = series
        self.from = from
        self.to = to
        self.count = count
    }
}
