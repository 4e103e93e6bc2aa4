public import ValueProtocol

/// A host's information about elements: their status, their purses and balances, and their replacements.
public protocol ElementStore {
    /// The record of `eid`; nil if it was never contacted.
    func element(_ eid: PartyID) throws(HostError) -> ElementRecord?

    /// All elements ever contacted, by identifier.
    func elements() throws(HostError) -> [ElementRecord]

    /// Sets an element's status: lost, blocked, or in use again.
    ///
    /// - Parameters:
    ///   - status: the new status.
    ///   - eid: the element.
    ///   - reason: recorded in the audit trail.
    ///   - time: when.
    /// - Throws: `HostError` `.wrongStatus` for an element that was replaced, and for `.replaced`, which only
    ///   `replace(_:by:at:)` sets.
    func setStatus(
        _ status: ElementStatus, of eid: PartyID, because reason: String?, at time: Timestamp
    ) throws(HostError)

    /// Records the new bindings of the purses of `eid`; a purse of the same service is replaced.
    ///
    /// Each is the result of a BIND: a replacement card gets the same (protocol §4).
    func recordPurses(_ purses: [Bind], of eid: PartyID, at time: Timestamp) throws(HostError)

    /// The recorded purses of `eid`, by service.
    ///
    /// - Throws: `HostError` `.auditBroken` if one is not as the audit trail tells it.
    func purses(of eid: PartyID) throws(HostError) -> [Bind]

    /// Records what an element's STATUS proved: its NT and the present balance of a purse.
    ///
    /// - Throws: `SessionError` `.staleElement` as the cause of `.noSession`, if NT is lower than one seen before.
    func recordStatus(
        _ answer: AskStatus.Answer, of service: UtilityService, on eid: PartyID, at time: Timestamp
    ) throws(HostError)

    /// The last proven balances of `eid`, by service.
    func balances(of eid: PartyID) throws(HostError) -> [ProvenBalance]

    /// The books of every purse of `eid` for which value was ever ordered, by service.
    ///
    /// - Throws: `HostError` `.booksBroken`.
    func books(of eid: PartyID) throws(HostError) -> [PurseBooks]

    /// The remaining value of `eid` by the host's records, which a replacement gets.
    ///
    /// It is the last proven balance; any off-line spending since then is unknown. It does not include value still in
    /// transit to it from an element that it replaced (`openCarryOvers(to:)`).
    ///
    /// - Throws: `HostError` `.booksBroken`.
    func remainingValue(of eid: PartyID) throws(HostError) -> [RemainingValue]

    /// Replaces a lost or blocked element: by `rule` its remaining value goes to `successor`, once and irreversibly.
    ///
    /// All of it is one commit; repeated calls return what was recorded then. The value itself is stored on the new
    /// element at its next contact. Value still in transit to the old element is redirected to the new one.
    ///
    /// - Returns: what is carried over, by purse; more than one if several elements were replaced in turn.
    /// - Throws: `HostError` `.wrongStatus` unless the old one is lost or blocked, or was replaced by the same one
    ///   before, and the new one is in use; `.openTransaction` if the old one has a transaction that is in doubt or
    ///   needs manual resolution.
    func replace(
        _ eid: PartyID, by successor: PartyID, carrying rule: CarryRule, at time: Timestamp
    ) throws(HostError) -> [CarryOver]

    /// Value in transit to `eid` that is not yet stored there.
    func openCarryOvers(to eid: PartyID) throws(HostError) -> [CarryOver]
}

extension ElementStore {
    /// Replaces an element, whose known value goes to `successor`.
    ///
    /// - Throws: as `replace(_:by:carrying:at:)`.
    public func replace(
        _ eid: PartyID, by successor: PartyID, at time: Timestamp
    ) throws(HostError) -> [CarryOver] {
        try replace(eid, by: successor, carrying: .known, at: time)
    }
}
