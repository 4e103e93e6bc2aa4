import HeadEnd
import Meter
import Records
import RecordsSQLite
import TestWorlds
import ValueElement
import ValueProtocol

/// Whether all value that was sold is somewhere and nothing else is anywhere, and whether the ledger's invariants hold: by
/// difference, of what a step touched.
struct LifeCheck {
    private var held: [PartyID: [Currency: Int64]] = [:]
    private var holdings: [Currency: Int64] = [:]
    private var sold: [PartyID: Sold] = [:]
    private var ledger: LedgerReplica

    /// What the records say of the orders with an element.
    private struct Sold {
        /// Up to here nothing changes any more.
        var settled: UInt64 = 0
        var done: [Currency: Int64] = [:]
        /// What was paid by the float for these.
        var paid: Int64 = 0
        var open: [CreditTransaction] = []
    }

    init(_ utility: Utility) throws {
        ledger = LedgerReplica()
        try expect(utility, after: "the beginning", touching: Set(utility.parts.map(\.eid)))
    }

    /// - Parameter touched: the elements that the step worked with.
    mutating func expect(_ utility: Utility, after step: some Any, touching touched: Set<PartyID>) throws {
        for eid in touched {
            try look(at: eid, utility)
            try read(eid, utility.records)
        }
        try expectNothingLost(step)
        try ledger.follow(utility.records)
    }

    /// Everything, from the beginning.
    mutating func expectWhole(_ utility: Utility) throws {
        let byDifference = holdings
        (held, holdings, sold) = ([:], [:], [:])
        try expect(utility, after: "everything", touching: Set(utility.parts.map(\.eid)))
        guard byDifference == holdings else {
            throw UtilityLife.Violation(description: "\(holdings) is held; by the steps' differences \(byDifference)")
        }
        try ledger.expectWhole(utility.records)
    }

    // MARK: What there is

    /// What an element's memory holds: of a card also what it gave and its meter has not credited yet.
    private mutating func look(at eid: PartyID, _ utility: Utility) throws {
        var now: [Currency: Int64] = [:]
        if eid == Utility.resellerID {
            now[.euro] = Int64(try utility.reseller.image.balance(of: .float))
        } else if let card = utility.cards.first(where: { $0.eid == eid }) {
            let image = try card.card.image
            for (service, slot) in card.slots {
                let onTheWay = image.onTheWay(to: try utility.meters[slot].meter.image)
                now[Utility.currency(of: service), default: 0] += Int64(image.balance(of: service) + onTheWay)
            }
        } else if let meter = utility.meters.first(where: { $0.eid == eid }) {
            let reading = try meter.meter.stored
            now[Utility.currency(of: meter.service)] = Int64(
                (reading.purse?.balance.rawValue ?? 0) + reading.spent.rawValue)
            // What a card gave may have been credited now.
            for card in utility.cards where card.slots[meter.service].map({ utility.meters[$0].eid }) == eid {
                try look(at: card.eid, utility)
            }
        } else if let meter = utility.electricMeters.first(where: { $0.eid == eid }) {
            let reading = meter.meter.meter.reading
            now[.euro] = Int64(try meter.meter.image.balance(of: .electricity) + reading.drawn.rawValue)
        } else {
            // A card that is not issued yet.
            return
        }
        for (currency, amount) in held[eid] ?? [:] { holdings[currency, default: 0] -= amount }
        for (currency, amount) in now { holdings[currency, default: 0] += amount }
        held[eid] = now
    }

    // MARK: What was sold

    private mutating func read(_ eid: PartyID, _ records: any RecordStore) throws {
        var sold = self.sold[eid] ?? Sold()
        sold.open = []
        var next = sold.settled + 1
        while let transaction = try records.transaction(HostTransaction(rawValue: next), of: eid) {
            next += 1
            sold.open.append(transaction)
        }
        // A newest one that was not applied may be sent again.
        while let first = sold.open.first, first.state == .done || first.isRefused || sold.open.count > 1 {
            guard first.state != .inDoubt, first.state != .needsManualResolution else { break }
            sold.settled = first.order.htxn.rawValue
            sold.open.removeFirst()
            guard first.state == .done else {
                // The float pays when the order is sealed.
                guard first.isPaidByFloat else { continue }
                throw UtilityLife.Violation(description: "the float paid for nothing: \(first)")
            }
            sold.done[first.order.currency, default: 0] += first.effect
            if first.isPaidByFloat { sold.paid += first.effect }
        }
        self.sold[eid] = sold
    }

    /// What is in doubt is there or not; a float has perhaps paid for what is not there.
    private func expectNothingLost(_ step: some Any) throws {
        let paid = sold.values.reduce(0) { $0 + $1.paid }
        let open = sold.values.flatMap(\.open)
        var sums: [Currency: Set<Int64>] = [.euro: [-paid], .dollar: [0]]
        for (currency, amount) in sold.values.flatMap(\.done) {
            sums[currency] = Set((sums[currency] ?? [0]).map { $0 + amount })
        }
        let filled = sold[Utility.resellerID]
        var floats: Set<Int64> = [(filled?.done[.euro] ?? 0) - paid]
        for transaction in open {
            let (effect, currency) = (transaction.effect, transaction.order.currency)
            let isFloat = transaction.eid == Utility.resellerID
            var changes: Set<Int64> = transaction.state == .inDoubt ? [0, effect] : [0]
            if transaction.isPaidByFloat { changes.formUnion(changes.map { $0 - effect }) }
            sums[currency] = Set((sums[currency] ?? [0]).flatMap { sum in changes.map { sum + $0 } })
            if transaction.isPaidByFloat { floats.formUnion(floats.map { $0 - effect }) }
            if isFloat, transaction.state == .inDoubt { floats.formUnion(floats.map { $0 + effect }) }
        }
        for (currency, possible) in sums where !possible.contains(holdings[currency] ?? 0) {
            throw UtilityLife.Violation(
                description: "after \(step): \(holdings[currency] ?? 0) \(currency) is held, \(possible) was sold")
        }
        let float = held[Utility.resellerID]?[.euro] ?? 0
        guard floats.contains(float) else {
            throw UtilityLife.Violation(description: "after \(step): the float holds \(float), not \(floats)")
        }
    }
}

extension CreditTransaction {
    /// What it adds to the value in the field, in micro-units.
    fileprivate var effect: Int64 {
        switch kind {
        case .storeCredit: Int64(order.amount.rawValue)
        case .refund: -Int64(order.amount.rawValue)
        case .convertTariff: 0
        }
    }

    fileprivate var isRefused: Bool { if case .refused = state { true } else { false } }

    fileprivate var isPaidByFloat: Bool { reference?.hasPrefix("\(UtilityLife.Step.sell) ") == true }
}
