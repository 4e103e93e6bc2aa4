public import ValueProtocol

/// The host's records of cards, as far as the desk needs them when one is lost or broken.
///
/// What a lost card still held is the host's to find from its own ledger, and to put on the replacement.
public protocol CardRegister: AnyObject {
    /// The purses that the card was issued with, as they are bound today.
    func purses(of card: PartyID) throws -> [PursePlan]

    /// The card is not to be loaded any more; nothing is noted of one that was replaced.
    func noteLost(_ card: PartyID, reason: String, at time: Timestamp) throws

    /// The card is in use again.
    ///
    /// - Throws: where another card has taken its place: what it held is there.
    func noteInUse(_ card: PartyID, reason: String, at time: Timestamp) throws

    /// The card itself is blocked.
    func noteBlocked(_ card: PartyID, at time: Timestamp) throws

    /// `replacement` takes the place of `card`: its remaining value is to go there.
    func noteReplaced(_ card: PartyID, by replacement: PartyID, at time: Timestamp) throws
}
