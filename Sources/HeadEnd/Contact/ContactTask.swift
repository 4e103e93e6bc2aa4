public import Records
public import ValueProtocol

/// What a contact is for. Every task but the last first resolves the transaction in doubt with the element.
public enum ContactTask: Sendable, Hashable {
    /// Nothing more.
    case recover
    /// Have the element prove the balance of a purse.
    case balance(UtilityService)
    /// Accept the element's transaction numbers, which the records do not have; its balance is proven.
    case acceptNumbers
    /// Carry out an order.
    case order(CreditRequest)
    /// Send a transaction again that is proven not applied.
    case retry(HostTransaction)
    /// Read a meter's balance and clock.
    case snapshot
    /// Set a meter's clock; nil for the time of sending.
    case setClock(Timestamp?)
    /// Read a meter's usage and events since the last reading, or everything that it still has.
    case readUse(everything: Bool)
    /// Read what meters reported through a card.
    case collectMeterStatus
}

/// What a contact found and did.
public struct ContactReport: Sendable, Hashable {
    /// As SELECT named the element, and S2 proved it.
    public let element: ElementInfo
    /// Transactions that had been in doubt, with their outcomes.
    public let recovered: [CreditTransaction]
    public let result: ContactResult
}

/// What a contact's task resulted in.
public enum ContactResult: Sendable, Hashable {
    case recovered
    case balance(ProvenBalance)
    case credit(CreditResult)
    /// What the records lacked.
    case numbers(AcceptedNumbers)
    case snapshot(MeterSnapshot)
    case clock(ClockSetting)
    case use(UseReading)
    /// The new ones.
    case meterStatus([MeterStatusRecord])
}
