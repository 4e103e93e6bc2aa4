import Records
import ValueProtocol

extension Trial {
    func checkReplacement() throws {
        let store = try opened()
        try checkCarried(in: store)
        try checkNothingCarried(in: store)
        try checkRedirected(in: store)
        try checkNotReplaced(in: store)
        try store.verify(against: [])
        try keeps(store)
    }

    private func lose(_ eid: PartyID, in store: any RecordStore) throws {
        try store.setStatus(.lost, of: eid, because: nil, at: at(2_000))
    }

    private func carry(
        _ amount: UInt64, _ service: UtilityService = .gas, _ currency: Currency = euro, from: PartyID, to: PartyID
    ) -> CarryOver {
        CarryOver(from: from, to: to, service: service, currency: currency, amount: micro(amount))
    }

    private func checkCarried(in store: any RecordStore) throws {
        let (old, new, third) = (card(1), card(2), card(3))
        try settle(request(10), of: old, balance: 10, in: store)
        try settle(request(20, .water, franc), of: old, balance: 20, in: store)
        try settle(request(30, .heat), of: old, balance: 0, in: store)
        try lose(old, in: store)
        let carried = try store.replace(old, by: new, carrying: .known, at: at(3_000))
        let expected = [carry(10, from: old, to: new), carry(20, .water, franc, from: old, to: new)]
        try equal(carried, expected, "what is carried over, by purse")
        for store in [store, try opened()] {
            let again = try leaves(store, "a replacement repeated") {
                try store.replace(old, by: new, carrying: .none, at: at(4_000))
            }
            try equal(again, expected, "a replacement repeated, by another rule")
            try refuses(.wrongStatus, "a replacement by another element", in: store) {
                _ = try store.replace(old, by: third, at: at(4_000))
            }
            try equal(try store.element(old)?.status, .replaced(by: new), "the old element's status")
            try equal(try store.openCarryOvers(to: new), expected, "value in transit to the new element")
        }
        let entries = try events(of: old, in: store).suffix(3)
        try equal(
            Array(entries), expected.map(AuditEvent.carryOver) + [.elementStatus(.replaced(by: new), reason: nil)],
            "the trail of the old element")
        try settle(request(10, reference: carried[0].reference), of: new, balance: 10, in: store)
        try equal(try store.openCarryOvers(to: new), [expected[1]], "value in transit after one was stored")
        let books = try store.books(of: old).map(\.carriedOut)
        try equal(books, [micro(10), micro(20), .zero], "what the books of the old element carried out")
        try equal(try store.books(of: new).map(\.carriedIn), [micro(10)], "what those of the new one carried in")
    }

    private func checkNothingCarried(in store: any RecordStore) throws {
        let (old, new) = (card(4), card(5))
        try settle(request(10), of: old, balance: 10, in: store)
        try store.setStatus(.blocked, of: old, because: nil, at: at(2_000))
        try equal(
            try store.replace(old, by: new, carrying: .none, at: at(3_000)), [], "what is carried by the rule “none”")
        try equal(try store.openCarryOvers(to: new), [], "value in transit by the rule “none”")
        try equal(try store.element(old)?.status, .replaced(by: new), "the old element's status")
        try equal(
            try store.remainingValue(of: old).map(\.amount), [micro(10)], "what stays in the books of the old element")
    }

    /// Value goes on to the successor's successor, also by a rule that carries nothing of the successor's own.
    private func checkRedirected(in store: any RecordStore) throws {
        for (index, rule) in CarryRule.allCases.enumerated() {
            let first = UInt32(10 + 4 * index)
            let (old, new, third) = (card(first), card(first + 1), card(first + 2))
            try settle(request(10), of: old, balance: 10, in: store)
            try settle(request(20, .water), of: old, balance: 20, in: store)
            try lose(old, in: store)
            let carried = try store.replace(old, by: new, at: at(3_000))
            try settle(request(10, reference: carried[0].reference), of: new, balance: 8, in: store)
            try lose(new, in: store)
            let known = rule == .known ? [carry(8, from: new, to: third)] : []
            let expected = [carry(20, .water, from: old, to: third)] + known
            let sentOn = Set(try store.replace(new, by: third, carrying: rule, at: at(4_000)))
            try equal(sentOn, Set(expected), "what goes to the third element by the rule “\(rule)”")
            try equal(
                Set(try store.openCarryOvers(to: third)), Set(expected), "value in transit to the third element")
            try equal(try store.openCarryOvers(to: new), [], "value in transit to the second element")
            try equal(
                try events(of: old, in: store).last, .carryOver(carry(20, .water, from: old, to: third)),
                "the last entry of the first element")
        }
    }

    private func checkNotReplaced(in store: any RecordStore) throws {
        let (old, new) = (card(30), card(31))
        func isRefused(_ code: HostError.Code, _ what: String, by successor: PartyID) throws {
            try refuses(code, what, in: store) { _ = try store.replace(old, by: successor, at: at(5_000)) }
        }
        try isRefused(.wrongStatus, "the replacement of an unknown element", by: new)
        try equal(try store.element(new), nil, "the successor of no element")
        try settle(request(10), of: old, balance: 10, in: store)
        try isRefused(.wrongStatus, "the replacement of an element in use", by: new)
        let open = try begin(request(5), of: old, highest: 1, in: store)
        try lose(old, in: store)
        try isRefused(.openTransaction, "a replacement while a transaction is in doubt", by: new)
        _ = try store.conclude(open, as: .needsManualResolution, balance: nil, at: at(4_000))
        try isRefused(.openTransaction, "a replacement while one needs manual resolution", by: new)
        _ = try resolve(open, applied: true, in: store)
        try isRefused(.wrongStatus, "a replacement by itself", by: old)
        for status in [ElementStatus.lost, .blocked] {
            try store.setStatus(status, of: new, because: nil, at: at(4_001))
            try isRefused(.wrongStatus, "a replacement by an element that is \(status)", by: new)
        }
        try store.setStatus(.inUse, of: new, because: nil, at: at(4_002))
        try equal(
            try store.replace(old, by: new, at: at(5_000)), [carry(15, from: old, to: new)], "what is carried over")
    }
}
