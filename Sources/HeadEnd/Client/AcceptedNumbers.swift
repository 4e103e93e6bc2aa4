public import Records
public import ValueProtocol

/// What an element has applied without the records.
public struct AcceptedNumbers: Sendable, Hashable {
    /// An order that the records do not have, as far as the element still knows it: not whether it was credit, a refund or
    /// a tariff, whose amount is 0.
    public struct Order: Sendable, Hashable {
        public let htxn: HostTransaction
        public let amount: Amount

        public init(htxn: HostTransaction, amount: Amount) {
            self.htxn = htxn
            self.amount = amount
        }
    }

    public let eid: PartyID
    /// The numbers that the records lack; nil if they have all.
    public let gap: NumberGap?
    /// The orders of the gap that the element proves, ascending: it keeps the newest eight.
    public let orders: [Order]
    /// What the element proves of the order that the records had as not applied (`NumberGap.doubted`).
    public let doubted: CreditTransaction?

    public init(eid: PartyID, gap: NumberGap?, orders: [Order] = [], doubted: CreditTransaction? = nil) {
        self.eid = eid
        self.gap = gap
        self.orders = orders
        self.doubted = doubted
    }
}
