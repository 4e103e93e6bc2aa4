public import ValueProtocol

/// What a host knows of elements: whether it serves them, their purses and balances, and what replaced them.
public protocol ElementStore {
    /// What is known of `eid`; nil where it was never met.
    func element(_ eid: PartyID) throws(HostError) -> ElementRecord?

    /// All elements ever met, by identifier.
    func elements() throws(HostError) -> [ElementRecord]

    /// Sets whether the host serves an element: lost, blocked, or in use again.
    ///
    /// - Parameters:
    ///   - status: what holds from now on.
    ///   - eid: the element.
    ///   - reason: why; it stands in the audit trail.
    ///   - time: when.
    /// - Throws: `HostError` `.wrongStatus` for an element that was replaced, and for `.replaced`, which
    ///   `replace(_:by:at:)` alone makes.
    func setStatus(
        _ status: ElementStatus, of eid: PartyID, because reason: String?, at time: Timestamp
    ) throws(HostError)

    /// Records the purses of `eid` as they are bound from now on; a purse of the same service is replaced.
    ///
    /// Each is what BIND made of it: a replacement card is given the same (protocol §4).
    func recordPurses(_ purses: [Bind], of eid: PartyID, at time: Timestamp) throws(HostError)

    /// The purses that were recorded of `eid`, by service.
    func purses(of eid: PartyID) throws(HostError) -> [Bind]

    /// Backs up what an element's STATUS proved: its NT and the balance of a purse now.
    ///
    /// - Throws: `SessionError` `.staleElement` as the cause of `.noSession`, where NT is below one seen before.
    func recordStatus(
        _ answer: AskStatus.Answer, of service: UtilityService, on eid: PartyID, at time: Timestamp
    ) throws(HostError)

    /// The balances that `eid` last proved, by service.
    func balances(of eid: PartyID) throws(HostError) -> [ProvenBalance]

    /// The books of every purse of `eid` that value was ever ordered for, by service.
    ///
    /// - Throws: `HostError` `.booksBroken`.
    func books(of eid: PartyID) throws(HostError) -> [PurseBooks]

    /// What `eid` still holds by the host's records: what a replacement is given.
    ///
    /// That is the balance it last proved; what it spent off line since then is not known. What is still on its way to it
    /// from one that it replaced (`openCarryOvers(to:)`) is not in it.
    ///
    /// - Throws: `HostError` `.booksBroken`.
    func remainingValue(of eid: PartyID) throws(HostError) -> [RemainingValue]

    /// Replaces a lost or blocked element: its remaining value goes to `successor`, once and irreversibly.
    ///
    /// All of it is one commit; asked again, it gives what was recorded then. The value itself reaches the new element
    /// at its next contact. What was still on its way to the old element is sent on to the new one.
    ///
    /// - Returns: what is carried over, by purse; more than one where several elements were replaced in turn.
    /// - Throws: `HostError` `.wrongStatus` unless the old one is lost or blocked, or was replaced by the same one
    ///   before, and the new one is in use; `.openTransaction` where the old one has a transaction that is in doubt or
    ///   needs manual resolution.
    func replace(_ eid: PartyID, by successor: PartyID, at time: Timestamp) throws(HostError) -> [CarryOver]

    /// What is on its way to `eid` and not yet stored there.
    func openCarryOvers(to eid: PartyID) throws(HostError) -> [CarryOver]
}
