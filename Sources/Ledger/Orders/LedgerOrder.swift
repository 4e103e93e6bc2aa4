public import ValueProtocol

/// What a ledger is asked to do: the caller's key, the time, and the request.
public struct LedgerOrder: Sendable, Hashable {
    /// An order with a key that is known, and the same request, does nothing; with another it is refused.
    public let key: IdempotencyKey
    /// By the caller's clock. It is recorded, and decides nothing.
    public let time: Timestamp
    public let request: LedgerRequest
    /// Whether the caller knows that no order has its key, which is not looked up then.
    package let isNew: Bool

    public init(key: IdempotencyKey, time: Timestamp, _ request: LedgerRequest) {
        self.init(key: key, isNew: false, time: time, request)
    }

    package init(key: IdempotencyKey, isNew: Bool, time: Timestamp, _ request: LedgerRequest) {
        self.key = key
        self.isNew = isNew
        self.time = time
        self.request = request
    }
}

/// Every flow of value, and what elements report of it.
public enum LedgerRequest: Sendable, Hashable {
    /// An element has a purse, as a BIND made or changed it.
    case setPurse(PurseTerms)
    /// A subscriber pays.
    case purchase(PurchaseOrder)
    /// STORE CREDIT will be sent; then `settle` tells the outcome.
    case load(ElementOrder)
    /// REFUND will be sent; then `settle` tells the outcome.
    case refund(ElementOrder)
    /// A transfer that was not applied will be sent again under its HTXN.
    case retry(TransferID)
    /// What became of a pending transfer.
    case settle(TransferID, TransferOutcome)
    /// A card proved what it holds.
    case cardStatement(CardStatement)
    /// A meter proved what it holds, or a card brought its status.
    case meterStatement(MeterStatement)
    /// A BIND's answer told which debit a slot left behind.
    case leave(LeftStatement)
    /// A debit that was left behind will be paid.
    case payLeft(LeftPayment)
    /// An element is replaced, or a meter exchanged.
    case replace(ElementReplacement)
    /// A replaced element's value is assigned, now that a report has come.
    case assign(PurseID)
    /// STORE CREDIT will be sent to the successor of a replaced element; then `settle` tells the outcome.
    case carryOver(CarryOverOrder)
    /// A replaced element's value is paid out and not carried over.
    case release(PurseID, to: ValueSource)
    /// Two people move value between accounts.
    case correct(CorrectionOrder)
    /// Two people resolve a difference.
    case resolve(DifferenceID, Approval)

    /// What has to be the same where a key is repeated: all but the HTXN.
    package var content: LedgerRequest {
        switch self {
        case .load(let order): .load(order.withoutNumber)
        case .refund(let order): .refund(order.withoutNumber)
        case .carryOver(let order): .carryOver(order.withoutNumber)
        default: self
        }
    }
}

/// Who gives value for a purse, or gets it back. A float gives it by a load that the reseller seals, and gets it by a load
/// of service 00.
public enum ValueSource: Sendable, Hashable {
    case seller
    /// By the master-key card that holds the float.
    case reseller(PartyID)
    case subscriber(SubscriberID)

    public var account: Account {
        switch self {
        case .seller: .seller
        case .reseller(let card): .reseller(card)
        case .subscriber(let subscriber): .subscriber(subscriber)
        }
    }
}
