public import ValueProtocol

/// A purse's balance as the element last proved it: the records back up every answer.
public struct ProvenBalance: Sendable, Hashable {
    public let service: UtilityService
    public let amount: Amount
    /// When the answer came.
    public let time: Timestamp

    public init(service: UtilityService, amount: Amount, time: Timestamp) {
        self.service = service
        self.amount = amount
        self.time = time
    }
}

/// The books of one purse, by the host's records alone.
///
/// What was stored less what was refunded is what the element holds and what it spent.
public struct PurseBooks: Sendable, Hashable {
    public let eid: PartyID
    public let service: UtilityService
    public let currency: Currency
    /// The sum of the STORE CREDITs that were done, carried-over value included.
    public let stored: Amount
    /// How much of `stored` came over from a replaced element.
    public let carriedIn: Amount
    /// The sum of the REFUNDs that were done.
    public let refunded: Amount
    /// What went, or goes, to the element that replaced this one.
    public let carriedOut: Amount
    /// What is neither done nor refused nor known as not applied: in doubt, or needs manual resolution.
    public let unsettled: Amount
    /// What the element last proved to hold; nil where it never did.
    public let balance: ProvenBalance?

    public init(
        eid: PartyID, service: UtilityService, currency: Currency, stored: Amount, carriedIn: Amount, refunded: Amount,
        carriedOut: Amount, unsettled: Amount, balance: ProvenBalance?
    ) {
        self.eid = eid
        self.service = service
        self.currency = currency
        self.stored = stored
        self.carriedIn = carriedIn
        self.refunded = refunded
        self.carriedOut = carriedOut
        self.unsettled = unsettled
        self.balance = balance
    }

    /// What the element spent up to its last proven balance: stored − refunded − balance.
    ///
    /// Nil where no balance was proven, and where it would be below nothing: then more is on the element than the host
    /// put there, and `isSound` is false.
    public var spent: Amount? {
        balance.flatMap { stored.subtracting(refunded)?.subtracting($0.amount) }
    }

    /// Whether the element holds no more than these records put there.
    public var isSound: Bool { balance == nil ? refunded <= stored : spent != nil }
}
