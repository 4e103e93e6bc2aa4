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

    /// Records a meter's account, as it proved it in a session: balance, token in use and debt are in the books then.
    ///
    /// - Parameters:
    ///   - account: of the purse of `service`.
    ///   - service: the purse's.
    ///   - meter: whose account it is.
    ///   - nt: of the session.
    ///   - highest: the highest HTXN that the meter has applied.
    ///   - time: when.
    /// - Throws: `HostError` `.noSession` with `SessionError` `.staleElement` as its cause, if a later session was seen.
    func record(
        _ account: MeterAccount, of service: UtilityService, on meter: PartyID, nt: UInt32, highest: HostTransaction,
        at time: Timestamp
    ) throws(HostError)

    /// Records the final reading of a meter that was taken out of use; an earlier one stays in the audit trail.
    func record(_ reading: FinalReading, of meter: PartyID, at time: Timestamp) throws(HostError)

    /// The final reading of a meter; nil if it has none.
    func finalReading(of meter: PartyID) throws(HostError) -> FinalReading?

    /// Records a meter's local time and holidays.
    func setCalendar(_ calendar: MeterCalendar, of meter: PartyID, at time: Timestamp) throws(HostError)

    /// A meter's local time and holidays, as they were recorded last; nil if they never were.
    func calendar(of meter: PartyID) throws(HostError) -> MeterCalendar?

    /// What a meter owes by the books, by currency: use without value that was not repaid.
    func debts(of meter: PartyID) throws(HostError) -> [MeterDebt]
}
