public import ValueProtocol

/// A subscriber buys value that no element holds yet.
public struct PurchaseOrder: Sendable, Hashable {
    public let subscriber: SubscriberID
    public let currency: Currency
    public let amount: Amount

    public init(by subscriber: SubscriberID, currency: Currency, amount: Amount) {
        self.subscriber = subscriber
        self.currency = currency
        self.amount = amount
    }
}

/// Value that an element is told to take from `party`, or to give back to it.
public struct ElementOrder: Sendable, Hashable {
    public let purse: PurseID
    public let currency: Currency
    public let amount: Amount
    public let htxn: HostTransaction
    /// Who gives the value of a load, or gets that of a refund; a refund cannot fill a float, which only a load does.
    public let party: ValueSource

    public init(_ purse: PurseID, currency: Currency, amount: Amount, htxn: HostTransaction, party: ValueSource) {
        self.purse = purse
        self.currency = currency
        self.amount = amount
        self.htxn = htxn
        self.party = party
    }

    var withoutNumber: Self { Self(purse, currency: currency, amount: amount, htxn: .none, party: party) }
}

/// The outcome of a pending transfer, as the element proved it or a person resolved it.
public enum TransferOutcome: Sendable, Hashable {
    case posted
    case voided(VoidReason)
}

/// Two people move value between any two accounts but those of what is in doubt or left behind.
public struct CorrectionOrder: Sendable, Hashable {
    public let from: Account
    public let to: Account
    public let currency: Currency
    public let amount: Amount
    public let approval: Approval

    public init(from: Account, to: Account, currency: Currency, amount: Amount, approval: Approval) {
        self.from = from
        self.to = to
        self.currency = currency
        self.amount = amount
        self.approval = approval
    }
}
