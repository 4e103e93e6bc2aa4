public import ValueProtocol

/// The host's records of cards, as far as the desk needs them when one is lost or broken.
///
/// The host determines the remaining value of a lost card from its own ledger, and loads it onto the replacement.
public protocol CardRegister: AnyObject {
    /// The purses that the card was issued with, with their current bindings.
    func purses(of card: PartyID) throws -> [PursePlan]

    /// The card must not be loaded any more; nothing is recorded for one that was replaced.
    func recordLost(_ card: PartyID, reason: String, at time: Timestamp) throws

    /// The card is in use again.
    ///
    /// - Throws: if the card was replaced: its value is on the replacement.
    func recordInUse(_ card: PartyID, reason: String, at time: Timestamp) throws

    /// The card itself is blocked.
    func recordBlocked(_ card: PartyID, at time: Timestamp) throws

    /// `replacement` replaces `card`, whose remaining value is to be loaded onto it.
    func recordReplaced(_ card: PartyID, by replacement: PartyID, at time: Timestamp) throws
}
