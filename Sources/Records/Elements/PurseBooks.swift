public import ValueProtocol

/// A purse's balance as last proven by the element; every answer updates it.
public struct ProvenBalance: Sendable, Hashable {
    public let service: UtilityService
    public let amount: Amount
    /// When the answer arrived.
    public let time: Timestamp

    public init(service: UtilityService, amount: Amount, time: Timestamp) {
        self.service = service
        self.amount = amount
        self.time = time
    }
}

/// The books of one purse, based only on the host's records.
///
/// Stored minus refunded is what the element holds plus what it has spent.
public struct PurseBooks: Sendable, Hashable {
    public let eid: PartyID
    public let service: UtilityService
    public let currency: Currency
    /// The sum of the completed STORE CREDITs, including carried-over value.
    public let stored: Amount
    /// The part of `stored` carried over from a replaced element.
    public let carriedIn: Amount
    /// The sum of the completed REFUNDs.
    public let refunded: Amount
    /// The amount carried over, or to be carried over, to the replacement of this element.
    public let carriedOut: Amount
    /// The sum of transactions that are in doubt or need manual resolution.
    public let unsettled: Amount
    /// The last balance proven by the element; nil if there is none.
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

    /// The element's spending up to its last proven balance: stored − refunded − balance.
    ///
    /// Nil if no balance was proven, or if it would be negative: the element then holds more than the host stored, and
    /// `isSound` is false.
    public var spent: Amount? {
        balance.flatMap { stored.subtracting(refunded)?.subtracting($0.amount) }
    }

    /// Whether the element holds no more than these records say was stored.
    public var isSound: Bool { balance == nil ? refunded <= stored : spent != nil }
}
