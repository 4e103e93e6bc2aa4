import Records
import ValueProtocol

/// All ledgers of a world, in micro-units: what each holds, and what the host has written down.
struct Ledger {
    let float: UInt64
    let card: UInt64
    /// Debited from the card and not yet credited by the meter.
    let onTheWay: UInt64
    let meter: UInt64
    let spent: UInt64
    /// The host's transactions with the master-key card's own purse.
    let filling: [CreditTransaction]
    /// The host's transactions with the subscriber card.
    let selling: [CreditTransaction]

    /// What came to the meter, ever.
    var received: UInt64 { meter + spent }
    /// Wherever value is that was sold to the subscriber.
    var delivered: UInt64 { card + onTheWay + meter + spent }

    /// All that the subscriber may have by the host's records: one value, or two while a transaction is in doubt.
    var possiblyDelivered: Set<UInt64> { Self.possible(selling) }

    /// All that the float may hold by the host's records.
    ///
    /// It pays when a credit is sealed, which is before anybody can know whether the card applied it.
    var possibleFloats: Set<UInt64> {
        var floats = Self.possible(filling)
        for sale in selling where sale.kind == .storeCredit {
            let paid = floats.filter { $0 >= sale.order.amount.rawValue }.map { $0 - sale.order.amount.rawValue }
            floats = sale.state == .done ? Set(paid) : floats.union(paid)
        }
        return floats
    }

    private static func possible(_ transactions: [CreditTransaction]) -> Set<UInt64> {
        var sums: Set<Int64> = [0]
        for transaction in transactions {
            let amount = Int64(transaction.order.amount.rawValue) * (transaction.kind == .storeCredit ? 1 : -1)
            switch transaction.state {
            case .done: sums = Set(sums.map { $0 + amount })
            case .inDoubt: sums.formUnion(sums.map { $0 + amount })
            case .refused, .notApplied, .needsManualResolution: break
            }
        }
        return Set(sums.filter { $0 >= 0 }.map(UInt64.init))
    }
}
