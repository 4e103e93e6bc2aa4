package import ValueProtocol

extension PurseBooks {
    /// The books of every purse of `eid` for which value was ever ordered, by service and then currency.
    ///
    /// - Parameters:
    ///   - eid: the element.
    ///   - transactions: all of the element's, by HTXN.
    ///   - balances: its last proven balances.
    ///   - leaving: what is carried over from it.
    /// - Throws: `HostError` `.booksBroken` if sums exceed 64 bits.
    package static func books(
        of eid: PartyID, transactions: [CreditTransaction], balances: [ProvenBalance], leaving: [CarryOver]
    ) throws(HostError) -> [PurseBooks] {
        var books: [PurseBooks] = []
        for service in Set(transactions.map(\.order.service)).sorted() {
            let own = transactions.filter { $0.order.service == service }
            let newest = own.last?.order.currency
            let held = balances.first { $0.service == service }
            for currency in Set(own.map(\.order.currency)).sorted(by: { $0.rawValue < $1.rawValue }) {
                let own = own.filter { $0.order.currency == currency }
                let done = own.filter { $0.state == .done }
                books.append(
                    PurseBooks(
                        eid: eid, service: service, currency: currency,
                        stored: try sum(done.filter { $0.kind == .storeCredit }),
                        carriedIn: try sum(done.filter { $0.reference?.hasPrefix(CarryOver.prefix) == true }),
                        refunded: try sum(done.filter { $0.kind == .refund }),
                        carriedOut: leaving.first { $0.service == service && $0.currency == currency }?.amount ?? .zero,
                        unsettled: try sum(own.filter { $0.state == .inDoubt || $0.state == .needsManualResolution }),
                        // A purse can change its currency only when it is empty, so nothing is left in an older one.
                        balance: currency == newest
                            ? held : held.map { ProvenBalance(service: service, amount: .zero, time: $0.time) }))
            }
        }
        return books
    }

    /// The purse's remaining value by these books; nil if nothing was proven or nothing is left.
    package var remaining: RemainingValue? {
        guard let balance, balance.amount > .zero else { return nil }
        return RemainingValue(service: service, currency: currency, amount: balance.amount, asOf: balance.time)
    }

    private static func sum(_ transactions: [CreditTransaction]) throws(HostError) -> Amount {
        var sum = Amount.zero
        for next in transactions {
            guard let higher = sum.adding(next.order.amount) else { throw HostError(.booksBroken, "\(next)") }
            sum = higher
        }
        return sum
    }
}

extension CreditTransaction {
    /// The balance of a purse that held `before`, if this was applied after all; nil if that is not a valid amount.
    package func balanceIfApplied(to before: Amount) -> Amount? {
        switch kind {
        case .storeCredit: before.adding(order.amount)
        case .refund: before.subtracting(order.amount) ?? .zero
        case .convertTariff: before
        }
    }
}
