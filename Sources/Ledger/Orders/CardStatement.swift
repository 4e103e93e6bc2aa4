public import ValueProtocol

/// What a card, or a float, proved in a session with the host.
public struct CardStatement: Sendable, Hashable {
    public let purse: PurseID
    public let currency: Currency
    public let balance: Amount
    /// Of the session.
    public let nt: UInt32
    /// The highest HTXN that the card has applied.
    public let highest: HostTransaction
    /// The meter of the purse's slot, by the host's records; nil without a slot.
    public let slot: PartyID?

    public init(
        _ purse: PurseID, currency: Currency, balance: Amount, nt: UInt32, highest: HostTransaction, slot: PartyID?
    ) {
        self.purse = purse
        self.currency = currency
        self.balance = balance
        self.nt = nt
        self.highest = highest
        self.slot = slot
    }
}
