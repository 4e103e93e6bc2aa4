public import ValueProtocol

/// A purse as a BIND made it: its currency and the most that it may hold.
public struct PurseTerms: Sendable, Hashable {
    public let purse: PurseID
    public let currency: Currency
    /// Counts what is in doubt.
    public let limit: Amount

    public init(_ purse: PurseID, currency: Currency, limit: Amount) {
        self.purse = purse
        self.currency = currency
        self.limit = limit
    }
}
