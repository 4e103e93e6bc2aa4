public import ISO7816
public import Records
public import ValueProtocol

/// A meter's balance and clock, as it proved them in a session.
public struct MeterSnapshot: Sendable, Hashable {
    public let meter: PartyID
    /// As SELECT tells, which proves nothing.
    public let state: LifeCycle
    public let balance: Amount
    /// The meter's clock, and the host's time when it said so.
    public let clock: Timestamp
    public let time: Timestamp
    /// Sessions so far.
    public let sessions: UInt32
    /// The highest transaction that it has applied.
    public let highest: HostTransaction
    /// What was in doubt and was found out.
    public let recovered: [CreditTransaction]
}

/// What setting a meter's clock brought.
public struct ClockSetting: Sendable, Hashable {
    public let meter: PartyID
    /// What the clock said before.
    public let before: Timestamp
    /// What it says now.
    public let target: Timestamp
    /// What was in doubt and was found out.
    public let recovered: [CreditTransaction]
}

extension CreditDesk {
    /// Asks a meter for its balance and its clock; whatever is in doubt with it is found out.
    ///
    /// - Throws: `HostError` `.noSession`, `.stillInDoubt`, or of the records.
    public func snapshot(
        over channel: any CardChannel, expecting expected: PartyID? = nil
    ) throws(HostError) -> MeterSnapshot {
        let meter = try select(over: channel, expecting: expected)
        var contact = try openContact(.usage, with: meter, over: channel)
        let answer = try contact.ask(UtilityService(rawValue: meter.eid.kind.rawValue))
        // Asked for events of no time at all: the clock stands in the answer.
        let (first, last) = (Timestamp(rawValue: 1), Timestamp(rawValue: 0))
        let page = try contact.perform(ReadUsage(time: now, series: .events, from: first, to: last))
        try records.recordClock(page.clock, of: meter.eid, at: now)
        return MeterSnapshot(
            meter: meter.eid, state: meter.state, balance: answer.balance, clock: page.clock, time: now,
            sessions: answer.nt, highest: answer.highest, recovered: contact.recovered)
    }

    /// Sets a meter's clock. Where no answer comes it may be set or not; repeated, it does no harm.
    ///
    /// - Parameters:
    ///   - target: nil for the host's time at the moment of sending.
    ///   - channel: leads to the meter.
    ///   - expected: the meter that it must be; nil for any.
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
