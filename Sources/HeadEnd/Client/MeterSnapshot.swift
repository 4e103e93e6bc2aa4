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
    /// Value with the token in use, debt, and life totals; nil of a meter of an earlier version.
    public let account: MeterAccount?
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

extension ElementClient {
    /// Reads a meter's balance and clock; transactions in doubt with it are resolved.
    ///
    /// - Throws: `HostError` `.noSession`, `.stillInDoubt`, or of the records.
    public func snapshot(
        over channel: any CardChannel, expecting expected: PartyID? = nil
    ) throws(HostError) -> MeterSnapshot {
        guard case .snapshot(let snapshot) = try run(.snapshot, over: channel, expecting: expected).result else {
            unreachable()
        }
        return snapshot
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
        guard case .clock(let setting) = try run(.setClock(target), over: channel, expecting: expected).result else {
            unreachable()
        }
        return setting
    }
}
