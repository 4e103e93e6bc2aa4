public import ValueProtocol

/// Meters' records, received over a line or through a card.
public protocol MeterStore {
    /// A meter's usage records from `from` to `to`, both inclusive and by its clock, oldest first.
    func use(
        of meter: PartyID, _ series: UsageSeries, from: Timestamp, to: Timestamp
    ) throws(HostError) -> [UsageRecord]

    /// Records usage; a period that was still open at the previous reading is updated.
    ///
    /// - Returns: the number of new records.
    func record(
        _ use: [UsageRecord], _ series: UsageSeries, of meter: PartyID, at time: Timestamp
    ) throws(HostError) -> Int

    /// Passes the usage of one day, by the meters' clocks, of every meter that has some to `body`: for roll-ups.
    ///
    /// - Parameters:
    ///   - series: of which records.
    ///   - day: days since 1970-01-01.
    ///   - body: called for one meter after another, in no particular order.
    func forEachMeter(
        with series: UsageSeries, onDay day: UInt32, _ body: (PartyID, [UsageRecord]) -> Void
    ) throws(HostError)

    /// A meter's events from `from` to `to`, both inclusive and by its clock, oldest first.
    func events(of meter: PartyID, from: Timestamp, to: Timestamp) throws(HostError) -> [EventRecord]

    /// Records events; duplicates are not recorded twice.
    ///
    /// - Parameters:
    ///   - events: all of the meter's from the time of the first on.
    ///   - meter: whose events they are.
    ///   - time: when they were received.
    /// - Returns: the new ones.
    func record(_ events: [EventRecord], of meter: PartyID, at time: Timestamp) throws(HostError) -> [EventRecord]

    /// Where to start reading a series: at its newest record, which may have been open, and at least a day before the
    /// meter's clock at the last reading, so that records made after the clock was set back slightly are read too.
    func readingStart(_ series: UsageSeries, of meter: PartyID) throws(HostError) -> Timestamp

    /// Records the time of the meter's clock up to which everything was read.
    func recordReading(upTo clock: Timestamp, of meter: PartyID) throws(HostError)

    /// The readings and settings of a meter's clock, oldest first.
    func clocks(of meter: PartyID) throws(HostError) -> [ClockRecord]

    /// Records a clock that was read.
    func recordClock(_ clock: Timestamp, of meter: PartyID, at time: Timestamp) throws(HostError)

    /// Records that a clock is about to be set, so that records made after it is set back are read, even if no answer
    /// arrives.
    ///
    /// - Returns: the number of the record, for `endSettingClock`.
    func beginSettingClock(
        to target: Timestamp, of meter: PartyID, at time: Timestamp
    ) throws(HostError) -> Int64

    /// Records the clock's time before it was set.
    func endSettingClock(_ number: Int64, of meter: PartyID, before: Timestamp) throws(HostError)

    /// Records what meters reported through `card`; existing records stay unchanged.
    ///
    /// - Returns: the new records.
    func record(
        _ statuses: [MeterStatusRecord], from card: PartyID, at time: Timestamp
    ) throws(HostError) -> [MeterStatusRecord]

    /// The reports of `meter` through any card, oldest first.
    func meterStatus(of meter: PartyID) throws(HostError) -> [MeterStatusRecord]
}
