public import ValueProtocol

/// What meters recorded, as it reached the host: over a line, or by a card.
public protocol MeterStore {
    /// What a meter measured from `from` to `to`, both inclusive and by its clock, oldest first.
    func use(
        of meter: PartyID, _ series: UsageSeries, from: Timestamp, to: Timestamp
    ) throws(HostError) -> [UsageRecord]

    /// Records use as it came; a period that was open when it was read before is brought up to date.
    ///
    /// - Returns: how many are new.
    func record(
        _ use: [UsageRecord], _ series: UsageSeries, of meter: PartyID, at time: Timestamp
    ) throws(HostError) -> Int

    /// A meter's events from `from` to `to`, both inclusive and by its clock, oldest first.
    func events(of meter: PartyID, from: Timestamp, to: Timestamp) throws(HostError) -> [EventRecord]

    /// Records events; those that are recorded already are not recorded twice.
    ///
    /// - Parameters:
    ///   - events: all of the meter's from the time of the first on.
    ///   - meter: whose they are.
    ///   - time: when they came.
    /// - Returns: those that are new.
    func record(_ events: [EventRecord], of meter: PartyID, at time: Timestamp) throws(HostError) -> [EventRecord]

    /// From when a series is to be read: its newest record, which may have been open, and no later than a day before the
    /// meter's clock at the last reading, so that what was recorded in a clock's small step back comes too.
    func readingStart(_ series: UsageSeries, of meter: PartyID) throws(HostError) -> Timestamp

    /// Records up to which moment of the meter's clock everything was read.
    func recordReading(upTo clock: Timestamp, of meter: PartyID) throws(HostError)

    /// The readings and settings of a meter's clock, oldest first.
    func clocks(of meter: PartyID) throws(HostError) -> [ClockRecord]

    /// Records a clock that was read.
    func recordClock(_ clock: Timestamp, of meter: PartyID, at time: Timestamp) throws(HostError)

    /// Records that a clock is about to be set. What a meter records after a step back is read, even where no answer comes.
    ///
    /// - Returns: the number of the record, for `endSettingClock`.
    func beginSettingClock(
        to target: Timestamp, of meter: PartyID, at time: Timestamp
    ) throws(HostError) -> Int64

    /// Records what the clock said before it was set.
    func endSettingClock(_ number: Int64, before: Timestamp) throws(HostError)

    /// Records what meters sent home by `card`; what is recorded already stays as it is.
    ///
    /// - Returns: the records that were new.
    func record(
        _ statuses: [MeterStatusRecord], from card: PartyID, at time: Timestamp
    ) throws(HostError) -> [MeterStatusRecord]

    /// What `meter` sent home, by whichever card, oldest first.
    func meterStatus(of meter: PartyID) throws(HostError) -> [MeterStatusRecord]
}
