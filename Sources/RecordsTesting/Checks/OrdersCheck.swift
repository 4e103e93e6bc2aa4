import Records
import ValueProtocol

extension Trial {
    func checkOrders() throws {
        let store = try opened()
        let eid = card(1)
        let first = try begin(request(10), of: eid, at: 1_000, in: store)
        let order = CreditOrder(htxn: first.htxn, service: .gas, currency: euro, amount: micro(10), time: at(1_000))
        let intent = CreditTransaction(
            eid: eid, kind: .storeCredit, order: order, state: .inDoubt, settled: at(1_000))
        try equal(first, intent, "the transaction to send")
        try require(first.htxn > .none, "the first HTXN: expected one above 0, found \(first.htxn)")
        for store in [store, try opened()] {
            try equal(try store.transactionInDoubt(with: eid), first, "the transaction in doubt, before any outcome")
            try equal(try store.transactions(of: eid), [first], "the transactions with the element")
            try equal(try store.unsettled(), [first], "what is unsettled")
            try equal(try store.receipt(first.htxn, of: eid), nil, "a receipt of what is in doubt")
            try equal(try events(of: eid, in: store), [.transaction(first)], "the trail of the element")
        }
        for store in [store, try opened()] {
            try refuses(.openTransaction, "an order while one is in doubt", in: store) {
                try ask(request(10), of: eid, in: store)
            }
        }
        let other = try begin(request(5, .water), of: card(2), in: store)
        try equal(try store.transactionInDoubt(with: card(2)), other, "the transaction with another element")

        let done = try store.conclude(first, as: .done, balance: micro(10), at: at(1_001))
        try equal(done, settled(first, .done, 10, 1_001), "the transaction that the element proved as done")
        try equal(try store.transaction(first.htxn, of: eid), done, "the same, read")
        try equal(try store.transactionInDoubt(with: eid), nil, "the transaction in doubt, after the outcome")
        try equal(try store.unsettled(), [other], "what is unsettled")
        let balance = ProvenBalance(service: .gas, amount: micro(10), time: at(1_001))
        try equal(try store.balances(of: eid), [balance], "the balance that the element proved")
        try hasReceipt(done, in: store)
        let again = try leaves(store, "the same outcome once more") {
            try store.conclude(first, as: .done, balance: micro(10), at: at(2_000))
        }
        try equal(again, done, "the transaction, settled before")

        try checkNumbersGoUp(after: done, in: store)
        try checkNoSuch(of: eid, in: store)
        try keeps(store)
    }

    private func checkNumbersGoUp(after done: CreditTransaction, in store: any RecordStore) throws {
        let eid = done.eid
        var all = [done]
        for (count, applied) in [done.htxn.rawValue, 1_000, 1_000, 2_000].enumerated() {
            let known = all.map(\.htxn).max() ?? .none
            let gaps = try numberGaps(of: eid, in: store)
            if applied > known.rawValue {
                try refuses(.recordsBehind, "an order to an element that has applied more than is known", in: store) {
                    try ask(request(7 + UInt64(count)), of: eid, highest: applied, at: 1_100, in: store)
                }
            }
            // Each another order: the same again would keep the number of one that was not applied.
            let next = try begin(request(7 + UInt64(count)), of: eid, highest: applied, at: 1_100, in: store)
            try require(
                next.htxn > known && next.htxn.rawValue > applied,
                "the next HTXN: expected one above \(known) and \(applied), found \(next.htxn)")
            let gap: [AuditEvent] =
                applied > known.rawValue
                ? [.numberGap(applied: HostTransaction(rawValue: applied), known: known)] : []
            try equal(try numberGaps(of: eid, in: store), gaps + gap, "the gaps of numbers in the trail")
            if !gap.isEmpty, let last = all.last, last.state == .notApplied {
                all[count] = settled(last, .notApplied, nil, 1_100)
            }
            let states: [CreditTransaction.State] = [.refused(.overLimit), .notApplied, .needsManualResolution]
            let state = count < states.count ? states[count] : .done
            all.append(try store.conclude(next, as: state, balance: nil, at: at(1_101)))
            try equal(all.last, settled(next, state, nil, 1_101), "the transaction with its outcome")
            guard state == .needsManualResolution else { continue }
            try equal(try store.receipt(next.htxn, of: eid), nil, "a receipt of what needs manual resolution")
            try require(try store.unsettled().contains(all[count + 1]), "what needs manual resolution is not unsettled")
            all[count + 1] = try resolve(all[count + 1], applied: false, in: store)
        }
        try equal(try store.transactions(of: eid), all, "the transactions with the element, by HTXN")
        for transaction in all { try hasReceipt(transaction, in: store) }
        try equal(
            try store.transactions(of: nil).filter { $0.eid == eid }, all, "the same, among those of every element")
    }

    private func checkNoSuch(of eid: PartyID, in store: any RecordStore) throws {
        let none = HostTransaction(rawValue: 900)
        try equal(try store.transaction(none, of: eid), nil, "a transaction that does not exist")
        try equal(try store.receipt(none, of: eid), nil, "its receipt")
        let ghost = CreditTransaction(
            eid: eid, kind: .storeCredit,
            order: CreditOrder(htxn: none, service: .gas, currency: euro, amount: micro(1), time: at(1)),
            state: .inDoubt,
            settled: at(1))
        try refuses(.noSuchTransaction, "the outcome of a transaction that does not exist", in: store) {
            _ = try store.conclude(ghost, as: .done, balance: micro(1), at: at(2))
        }
        for stranger in [eid, card(9)] {
            try refuses(.noSuchTransaction, "a transaction that does not exist, again", in: store) {
                _ = try store.beginAgain(none, of: stranger, elementHighest: .none, at: at(2))
            }
        }
        try equal(try store.element(card(9)), nil, "an element that was only asked for")
    }

    private func numberGaps(of eid: PartyID, in store: any RecordAccess) throws -> [AuditEvent] {
        try events(of: eid, in: store).filter { $0.kind == .numberGap }
    }

    func settled(
        _ transaction: CreditTransaction, _ state: CreditTransaction.State, _ balance: UInt64?, _ time: UInt32
    ) -> CreditTransaction {
        CreditTransaction(
            eid: transaction.eid, kind: transaction.kind, order: transaction.order, tariff: transaction.tariff,
            reference: transaction.reference, state: state, balance: balance.map(micro), settled: at(time))
    }

    /// The receipt's mark must be that of the entry with the outcome, and verify.
    func hasReceipt(_ transaction: CreditTransaction, in store: any RecordAccess) throws {
        let entries = try store.auditTrail(of: transaction.eid)
        try store.verify(against: [try receiptMark(of: transaction, entries, in: store)])
    }

    func receiptMark(
        of transaction: CreditTransaction, _ entries: [AuditEntry], in store: any RecordAccess
    ) throws -> AuditMark {
        guard let receipt = try store.receipt(transaction.htxn, of: transaction.eid) else {
            throw violation("expected a receipt of \(transaction), found none")
        }
        try equal(receipt.transaction, transaction, "the transaction on the receipt")
        let entry = entries.last { $0.event == .transaction(transaction) }
        try equal(receipt.mark, entry?.mark, "the mark on the receipt, beside that of the entry")
        return receipt.mark
    }
}
