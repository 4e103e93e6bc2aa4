import Records
import ValueProtocol

extension Trial {
    func checkManualResolution() throws {
        let store = try opened()
        try checkNotResolvable(in: store)
        for applied in [true, false] {
            for kind in [CreditTransaction.Kind.storeCredit, .refund] {
                for isOutOfReach in [true, false] {
                    try checkResolved(applied, kind, isOutOfReach, in: store)
                }
            }
        }
        try store.verify(against: [])
        try keeps(store)
    }

    private func checkNotResolvable(in store: any RecordStore) throws {
        let eid = card(1)
        for state in [CreditTransaction.State.done, .refused(.overLimit), .notApplied] {
            let settled = try settle(request(5), of: eid, as: state, in: store)
            try refuses(.notResolvable, "the resolution of what is \(state)", in: store) {
                _ = try resolve(settled, applied: true, in: store)
            }
        }
        let open = try begin(request(6), of: eid, highest: 1, in: store)
        try refuses(.notResolvable, "the resolution of what the element can settle", in: store) {
            _ = try resolve(open, applied: true, in: store)
        }
        for stranger in [eid, card(2)] {
            try refuses(.noSuchTransaction, "the resolution of no transaction", in: store) {
                _ = try store.resolve(
                    HostTransaction(rawValue: 900), of: stranger, applied: true, by: "the supervisor", because: "none",
                    at: at(1))
            }
        }
        _ = try store.conclude(open, as: .done, balance: micro(6), at: at(1_500))
    }

    private func checkResolved(
        _ applied: Bool, _ kind: CreditTransaction.Kind, _ isOutOfReach: Bool, in store: any RecordStore
    ) throws {
        let number: UInt32 = (applied ? 1 : 0) + (kind == .refund ? 2 : 0) + (isOutOfReach ? 4 : 0)
        let eid = card(10 + number)
        let what = "\(kind.operation) resolved as \(applied ? "applied" : "not applied")"
        try settle(request(10), of: eid, balance: 10, in: store)
        let unsettled: CreditTransaction
        if isOutOfReach {
            let highest = try store.transactions(of: eid).last?.htxn.rawValue ?? 0
            unsettled = try begin(request(4, kind: kind), of: eid, highest: highest, in: store)
            try store.setStatus(.lost, of: eid, because: nil, at: at(2_000))
        } else {
            unsettled = try settle(request(4, kind: kind), of: eid, as: .needsManualResolution, in: store)
        }
        let before = try events(of: eid, in: store)
        let resolved = try resolve(unsettled, applied: applied, at: 3_000, in: store)
        try equal(resolved, settled(unsettled, applied ? .done : .notApplied, nil, 3_000), what)
        for store in [store, try opened()] {
            try equal(try store.transaction(unsettled.htxn, of: eid), resolved, "\(what), read")
            let held: UInt64 = applied ? (kind == .refund ? 6 : 14) : 10
            try equal(try store.balances(of: eid).map(\.amount), [micro(held)], "the balance after \(what)")
            let resolution = ManualResolution(
                htxn: unsettled.htxn, applied: applied, person: "the supervisor", reason: "receipt shown")
            let balance = AuditEvent.balance(.gas, micro(held), .resolved)
            let added: [AuditEvent] = [.resolution(resolution)] + (applied ? [balance] : []) + [.transaction(resolved)]
            try equal(Array(try events(of: eid, in: store).dropFirst(before.count)), added, "the trail after \(what)")
        }
        try hasReceipt(resolved, in: store)
        try refuses(.notResolvable, "\(what), once more", in: store) {
            _ = try resolve(unsettled, applied: !applied, in: store)
        }
        try store.recordStatus(
            AskStatus.Answer(nt: 3, found: false, amount: .zero, balance: micro(9)), of: .gas, on: eid, at: at(4_000))
        try equal(try store.balances(of: eid).map(\.amount), [micro(9)], "the balance that was proven after \(what)")
    }
}
