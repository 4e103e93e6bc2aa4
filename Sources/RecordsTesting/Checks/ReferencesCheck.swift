import Records
import ValueProtocol

extension Trial {
    func checkReferences() throws {
        let store = try opened()
        let eid = card(1)
        let order = request(10, reference: "order 1")
        let first = try begin(order, of: eid, in: store)
        try equal(first.reference, "order 1", "the reference of the transaction")
        try refuses(.openTransaction, "an order repeated while it is in doubt", in: store) {
            try ask(order, of: eid, in: store)
        }
        _ = try store.conclude(first, as: .notApplied, balance: nil, at: at(1_001))
        let second = try begin(order, of: eid, at: 1_002, in: store)
        try equal(second, settled(first, .inDoubt, nil, 1_002), "the order after it was not applied, under its number")
        _ = try store.conclude(second, as: .notApplied, balance: nil, at: at(1_003))
        // The element has applied that number: with something that these records do not contain.
        let third = try begin(order, of: eid, highest: first.htxn.rawValue, at: 1_004, in: store)
        try require(third.htxn > first.htxn, "expected an HTXN above \(first.htxn), found \(third.htxn)")
        let done = try store.conclude(third, as: .done, balance: micro(10), at: at(1_005))

        for store in [store, try opened()] {
            for highest in [0, done.htxn.rawValue, 5_000] {
                try declines(
                    order, of: eid, highest: highest, as: .alreadyDone(done), "an order that was done, repeated",
                    in: store)
            }
            let others = [
                request(11, reference: "order 1"), request(10, .water, reference: "order 1"),
                request(10, .gas, franc, reference: "order 1"), request(10, kind: .refund, reference: "order 1"),
                try tariff(1, effective: 5_000, reference: "order 1"),
            ]
            for other in others {
                try refuses(.otherOrder, "another order with the same reference: \(other)", in: store) {
                    try ask(other, of: eid, in: store)
                }
            }
        }
        for (name, element) in [("order 1", card(2)), ("Order 1", eid), ("order 1 ", eid)] {
            let begun = try begin(request(10, reference: name), of: element, highest: 10, in: store)
            try require(begun.htxn.rawValue > 10, "“\(name)” of \(element) took the number of another order")
            _ = try store.conclude(begun, as: .done, balance: micro(20), at: at(1_006))
        }
        try checkRefusedReference(in: store)
        try checkWithoutReference(in: store)
        try checkBeginAgain(in: store)
        try checkDoubted(in: store)
        try keeps(store)
    }

    private func checkRefusedReference(in store: any RecordStore) throws {
        let eid = card(3)
        let order = request(10, reference: "order 2")
        let refused = try settle(order, of: eid, as: .refused(.overLimit), in: store)
        let next = try begin(order, of: eid, in: store)
        try require(next.htxn > refused.htxn, "an order that was refused, ordered anew, has its number \(next.htxn)")
        let done = try store.conclude(next, as: .done, balance: micro(10), at: at(1_007))
        try equal(try store.transaction(refused.htxn, of: eid), refused, "the refused transaction")
        try declines(order, of: eid, as: .alreadyDone(done), "an order that was refused, and then done", in: store)
    }

    private func checkWithoutReference(in store: any RecordStore) throws {
        let eid = card(4)
        let done = try settle(request(10), of: eid, balance: 10, in: store)
        let other = try begin(request(10), of: eid, highest: done.htxn.rawValue, in: store)
        try require(other.htxn > done.htxn, "without a reference, an order was taken for one that was done")
        _ = try store.conclude(other, as: .notApplied, balance: nil, at: at(1_010))
        let again = try begin(request(10), of: eid, highest: done.htxn.rawValue, in: store)
        try equal(again.htxn, other.htxn, "the number of the same order after it was not applied")
        _ = try store.conclude(again, as: .notApplied, balance: nil, at: at(1_011))
        let different = try begin(request(11), of: eid, highest: done.htxn.rawValue, in: store)
        try require(different.htxn > other.htxn, "a different order took the number \(other.htxn) of one not applied")
        _ = try store.conclude(different, as: .done, balance: micro(21), at: at(1_012))

        let meter = meter(1)
        let table = try settle(try tariff(1, effective: 5_000), of: meter, in: store)
        try equal(table.tariff, try tariff(1, effective: 5_000).tariff, "the table of the transaction")
        try declines(
            try tariff(1, effective: 5_000), of: meter, as: .alreadyDone(table), "the table that the meter took last",
            in: store)
    }

    private func checkBeginAgain(in store: any RecordStore) throws {
        let eid = card(5)
        func again(_ transaction: CreditTransaction, highest: HostTransaction = .none) throws -> StartedTransaction {
            try store.beginAgain(transaction.htxn, of: eid, elementHighest: highest, at: at(2_000))
        }
        func isLeft(_ transaction: CreditTransaction, highest: HostTransaction = .none, as expected: StartedTransaction)
            throws
        {
            let what = "to send again, where the element applied up to \(highest): \(transaction)"
            try equal(try leaves(store, what) { try again(transaction, highest: highest) }, expected, what)
        }
        let done = try settle(request(1), of: eid, balance: 1, in: store)
        try isLeft(done, as: .alreadyDone(done))
        let refused = try settle(request(2), of: eid, as: .refused(.blocked), in: store)
        try isLeft(refused, as: .declined(.notToRetry(refused)))
        let older = try settle(request(3), of: eid, as: .notApplied, in: store)
        let newest = try settle(request(4), of: eid, as: .notApplied, in: store)
        try isLeft(older, as: .declined(.notToRetry(older)))
        try refuses(.recordsBehind, "to send again what the element has applied: \(newest)", in: store) {
            _ = try again(newest, highest: newest.htxn)
        }
        try equal(try again(newest), .send(settled(newest, .inDoubt, nil, 2_000)), "the newest, to send again")
        let open = settled(newest, .inDoubt, nil, 2_000)
        try equal(try store.transactionInDoubt(with: eid), open, "the transaction in doubt after it was sent again")
        try isLeft(open, as: .declined(.notToRetry(open)))
    }

    /// Records that are older than the element: an order that they have as not applied was sent again after them.
    private func checkDoubted(in store: any RecordStore) throws {
        let eid = card(6)
        let order = request(10, reference: "order 6")
        let sent = try settle(order, of: eid, as: .notApplied, in: store)
        let highest = sent.htxn.rawValue
        for other in [order, request(10), request(3, kind: .refund)] {
            try refuses(.recordsBehind, "an order where the element has applied \(sent)", in: store) {
                try ask(other, of: eid, highest: highest, in: store)
            }
        }
        let open = settled(sent, .inDoubt, nil, 1_001)
        let gap = NumberGap(known: sent.htxn, applied: sent.htxn, doubted: open)
        try equal(try store.acceptNumbers(upTo: sent.htxn, of: eid, at: at(1_001)), gap, "what the records do not know")
        try equal(try store.transactionInDoubt(with: eid), open, "the order that was not applied, once it is doubted")
        try refuses(.openTransaction, "an order while another is doubted", in: store) {
            try ask(order, of: eid, highest: highest, in: store)
        }
        let done = try store.conclude(open, as: .done, balance: micro(10), at: at(1_002))
        try equal(try store.acceptNumbers(upTo: sent.htxn, of: eid, at: at(1_003)), nil, "what the records do not know")
        try declines(order, of: eid, highest: highest, as: .alreadyDone(done), "the order that was doubted", in: store)
        try equal(try store.books(of: eid).map(\.stored), [micro(10)], "what is stored, by the books")
    }
}
