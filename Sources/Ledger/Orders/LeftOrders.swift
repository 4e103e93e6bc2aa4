public import ValueProtocol

/// A debit that a slot left behind when it made way for another, as the BIND's answer told it.
///
/// The card's balance is to be reported before, so that the books know the debit.
public struct LeftStatement: Sendable, Hashable {
    public let card: PartyID
    public let service: UtilityService
    public let debit: LeftDebit

    public init(card: PartyID, service: UtilityService, _ debit: LeftDebit) {
        self.card = card
        self.service = service
        self.debit = debit
    }

    /// The debit's name.
    public var id: LeftDebitID { LeftDebitID(card: card, meter: debit.meter, nt: debit.nt) }
}

/// A debit that was left behind is paid to `party`, once.
public struct LeftPayment: Sendable, Hashable {
    public let debit: LeftDebitID
    public let party: ValueSource
    /// Needed unless the meter's own word proves that it has not credited the debit.
    public let approval: Approval?

    public init(_ debit: LeftDebitID, to party: ValueSource, approval: Approval? = nil) {
        self.debit = debit
        self.party = party
        self.approval = approval
    }
}
