public import ValueProtocol

/// What a meter proved to the host itself, or what it reported through a card.
public struct MeterStatement: Sendable, Hashable {
    /// How it came.
    public enum Way: Sendable, Hashable {
        /// In a session of this NT, where the meter had applied no HTXN above `highest`.
        case session(nt: UInt32, highest: HostTransaction)
        /// As a meter status that `card` got by the DEBIT of the session `nt`.
        case card(PartyID, nt: UInt32)
    }

    public let purse: PurseID
    public let currency: Currency
    /// What its purse holds, with what is left of the token in use.
    public let balance: Amount
    /// The life total of value used; nil if the report does not tell.
    public let spent: Amount?
    /// What it has supplied on credit; nil if the report does not tell.
    public let debt: Amount?
    /// The cards that it credited last, as in tag 87, which has room for three; nil if the report does not tell.
    public let credited: [MeterStatus.CreditedCard]?
    /// The meter's clock.
    public let clock: Timestamp
    public let way: Way

    public init(
        _ purse: PurseID, currency: Currency, balance: Amount, spent: Amount?, debt: Amount?,
        credited: [MeterStatus.CreditedCard]?, clock: Timestamp, way: Way
    ) {
        self.purse = purse
        self.currency = currency
        self.balance = balance
        self.spent = spent
        self.debt = debt
        self.credited = credited
        self.clock = clock
        self.way = way
    }
}
