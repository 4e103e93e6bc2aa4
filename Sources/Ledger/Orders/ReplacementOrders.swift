public import ValueProtocol

/// An element makes way for another of the same kind, in all its purses.
public struct ElementReplacement: Sendable, Hashable {
    /// What the successor gets.
    public enum Carry: UInt8, Sendable, Hashable, CaseIterable {
        /// Nothing.
        case none = 0
        /// What the books know, which is what the element proved if it has just reported.
        case known = 1
        /// What the books know once a report has come; `LedgerRequest.assign` then sets it aside.
        case afterReport = 2
    }

    /// What becomes of an exchanged meter's debt.
    public enum Debt: UInt8, Sendable, Hashable, CaseIterable {
        /// The successor has it.
        case carried = 0
        /// Its value pays it, as far as it reaches; the successor has the rest.
        case repaid = 1
        /// Its value pays it, as far as it reaches; the rest stays the exchanged meter's, as nothing tells the successor
        /// of it.
        case kept = 2
    }

    public let old: PartyID
    public let successor: PartyID
    public let carry: Carry
    public let debt: Debt

    public init(of old: PartyID, by successor: PartyID, carry: Carry, debt: Debt = .carried) {
        self.old = old
        self.successor = successor
        self.carry = carry
        self.debt = debt
    }
}

/// Value that was set aside is stored on the successor.
public struct CarryOverOrder: Sendable, Hashable {
    /// The purse of the replaced element.
    public let origin: PurseID
    /// Its successor, or that one's.
    public let element: PartyID
    public let currency: Currency
    public let amount: Amount
    public let htxn: HostTransaction

    public init(from origin: PurseID, to element: PartyID, currency: Currency, amount: Amount, htxn: HostTransaction) {
        self.origin = origin
        self.element = element
        self.currency = currency
        self.amount = amount
        self.htxn = htxn
    }

    var withoutNumber: Self { Self(from: origin, to: element, currency: currency, amount: amount, htxn: .none) }
}
