public import ISO7816
public import Records
public import ValueProtocol

/// The result of reading a meter's usage.
public struct UseReading: Sendable, Hashable {
    public let meter: PartyID
    /// The meter's clock at the reading.
    public let clock: Timestamp
    /// The number of new hours, days, weeks and months.
    public let newRecords: [UsageSeries: Int]
    /// The new events, oldest first.
    public let newEvents: [EventRecord]
    /// Value with the token in use, debt, and life totals; nil of a meter of an earlier version.
    public let account: MeterAccount?
    /// Transactions in doubt that were resolved.
    public let recovered: [CreditTransaction]
}

extension ElementClient {
    /// The usage series, in the order in which they are read.
    public static let useSeries: [UsageSeries] = [.hours, .days, .weeks, .months]

    /// Reads a meter's usage and events since the last reading, and records them.
    ///
    /// - Parameters:
    ///   - channel: the channel to the meter.
    ///   - expected: the meter that must answer; nil accepts any.
    ///   - everything: whether to read everything that the meter still has.
    /// - Throws: `HostError` `.noSession` if the meter did not answer completely (what was read is kept, and the next
    ///   call reads the rest), `.stillInDoubt`, or of the records.
    public func readUse(
        over channel: any CardChannel, expecting expected: PartyID? = nil, everything: Bool = false
    ) throws(HostError) -> UseReading {
        let report = try run(.readUse(everything: everything), over: channel, expecting: expected)
        guard case .use(let reading) = report.result else { unreachable() }
        return reading
    }
}
