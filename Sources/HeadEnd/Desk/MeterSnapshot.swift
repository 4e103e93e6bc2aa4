public import ISO7816
public import Records
public import ValueProtocol

/// A meter's balance and clock, as it proved them in a session.
public struct MeterSnapshot: Sendable, Hashable {
    public let meter: PartyID
    /// From SELECT, which proves nothing.
    public let state: LifeCycle
    public let balance: Amount
    /// The meter's clock, and the host's time when it was reported.
    public let clock: Timestamp
    public let time: Timestamp
    /// Sessions so far.
    public let sessions: UInt32
    /// The highest transaction that it has applied.
    public let highest: HostTransaction
    /// Transactions in doubt that were resolved.
    public let recovered: [CreditTransaction]
}

/// The result of setting a meter's clock.
public struct ClockSetting: Sendable, Hashable {
    public let meter: PartyID
    /// The clock's previous time.
    public let before: Timestamp
    /// The clock's new time.
    public let target: Timestamp
    /// Transactions in doubt that were resolved.
    public let recovered: [CreditTransaction]
}

extension CreditDesk {
    /// Reads a meter's balance and clock; transactions in doubt with it are resolved.
    ///
    /// - Throws: `HostError` `.noSession`, `.stillInDoubt`, or of the records.
    public func snapshot(
        over channel: any CardChannel, expecting expected: PartyID? = nil
    ) throws(HostError) -> MeterSnapshot {
        let meter = try select(over: channel, expecting: expected)
        var contact = try openContact(.usage, with: meter, over: channel)
        let answer = try contact.ask(UtilityService(rawValue: meter.eid.kind.rawValue))
        // Requests events of an empty period, because the answer contains the clock.
        let (first, last) = (Timestamp(rawValue: 1), Timestamp(rawValue: 0))
        let page = try contact.perform(ReadUsage(time: now, series: .events, from: first, to: last))
        try records.recordClock(page.clock, of: meter.eid, at: now)
        return MeterSnapshot(
            meter: meter.eid, state: meter.state, balance: answer.balance, clock: page.clock, time: now,
            sessions: answer.nt, highest: answer.highest, recovered: contact.recovered)
    }

    /// Sets a meter's clock. Without an answer it may or may not be set; it is safe to repeat.
    ///
    /// - Parameters:
    ///   - target: nil for the host's time at the moment of sending.
    ///   - channel: the channel to the meter.
    ///   - expected: the meter that must answer; nil for any.
    /// - Throws: `HostError` `.noSession`, `.stillInDoubt`, or of the records.
    public func setClock(
        to target: Timestamp? = nil, over channel: any CardChannel, expecting expected: PartyID? = nil
    ) throws(HostError) -> ClockSetting {
        let meter = try select(over: channel, expecting: expected)
        var contact = try openContact(.admin, with: meter, over: channel)
        _ = try contact.ask(UtilityService(rawValue: meter.eid.kind.rawValue))
        let target = target ?? now
        let number = try records.beginSettingClock(to: target, of: meter.eid, at: now)
        let before = try contact.perform(SetClock(target))
        try records.endSettingClock(number, before: before)
        return ClockSetting(meter: meter.eid, before: before, target: target, recovered: contact.recovered)
    }
}
