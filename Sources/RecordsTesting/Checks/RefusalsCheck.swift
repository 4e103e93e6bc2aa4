import Records
import ValueProtocol

extension Trial {
    func checkRefusals() throws {
        let store = try opened()
        try checkAmounts(in: store)
        try checkStatuses(in: store)
        try checkUnresolved(in: store)
        try checkTariffAhead(in: store)
        try keeps(store)
    }

    private func checkAmounts(in store: any RecordStore) throws {
        let stranger = card(1)
        for amount in [0, UInt64.max] {
            for kind in [CreditTransaction.Kind.storeCredit, .refund] {
                try declines(
                    request(amount, kind: kind), of: stranger, as: .declined(.noAmount),
                    "an order of \(amount) micro-units", in: store)
            }
        }
        try equal(try store.element(stranger), nil, "the element of declined orders, never contacted")
        try equal(try store.auditMark(), nil, "the mark of an empty trail")
        _ = try settle(request(1), of: stranger, balance: 1, in: store)
        try declines(request(0), of: stranger, as: .declined(.noAmount), "an order of nothing", in: store)
    }

    private func checkStatuses(in store: any RecordStore) throws {
        let (eid, successor) = (card(2), card(3))
        let again = try settle(request(5), of: eid, as: .notApplied, in: store)
        func areDeclined(_ status: ElementStatus) throws {
            let started = StartedTransaction.declined(.status(status))
            for order in [request(5), request(6, .water, kind: .refund), try tariff(1, effective: 5_000)] {
                try declines(order, of: eid, highest: 700, as: started, "an order while \(status)", in: store)
            }
            let repeated = try leaves(store, "sending again while \(status)") {
                try store.beginAgain(again.htxn, of: eid, elementHighest: .none, at: at(1_000))
            }
            try equal(repeated, started, "sending again while \(status)")
            try equal(try store.element(eid)?.status, status, "the element's status")
            try equal(try opened().element(eid)?.status, status, "the element's status, opened again")
        }
        for status in [ElementStatus.lost, .blocked] {
            try store.setStatus(status, of: eid, because: "a letter of 1 May", at: at(1_000))
            let event = AuditEvent.elementStatus(status, reason: "a letter of 1 May")
            try equal(try events(of: eid, in: store).last, event, "the last entry of the trail")
            try areDeclined(status)
        }
        try store.setStatus(.inUse, of: eid, because: nil, at: at(1_001))
        try equal(
            try events(of: eid, in: store).last, .elementStatus(.inUse, reason: nil), "the last entry of the trail")
        let open = try begin(request(5), of: eid, in: store)
        _ = try store.conclude(open, as: .notApplied, balance: nil, at: at(1_002))
        try refuses(.wrongStatus, "the status “replaced” without a replacement", in: store) {
            try store.setStatus(.replaced(by: successor), of: eid, because: nil, at: at(1_003))
        }
        try refuses(.wrongStatus, "the status “replaced” of an unknown element", in: store) {
            try store.setStatus(.replaced(by: successor), of: card(8), because: nil, at: at(1_003))
        }
        try store.setStatus(.lost, of: eid, because: nil, at: at(1_004))
        _ = try store.replace(eid, by: successor, at: at(1_005))
        try areDeclined(.replaced(by: successor))
        for status in [ElementStatus.inUse, .lost, .blocked] {
            try refuses(.wrongStatus, "the status \(status) of a replaced element", in: store) {
                try store.setStatus(status, of: eid, because: nil, at: at(1_006))
            }
        }
    }

    private func checkUnresolved(in store: any RecordStore) throws {
        let eid = card(4)
        let open = try settle(request(5, reference: "a"), of: eid, as: .needsManualResolution, in: store)
        let started = StartedTransaction.declined(.needsManualResolution(open))
        for order in [request(5), request(5, reference: "a"), request(6, .water, reference: "b")] {
            try declines(order, of: eid, as: started, "an order while another needs manual resolution", in: store)
        }
        let again = try leaves(store, "sending again what needs manual resolution") {
            try store.beginAgain(open.htxn, of: eid, elementHighest: .none, at: at(1_000))
        }
        try equal(again, started, "sending again what needs manual resolution")
    }

    private func checkTariffAhead(in store: any RecordStore) throws {
        let meter = meter(1)
        let ahead = try settle(try tariff(1, effective: 5_000), of: meter, at: 1_000, in: store)
        try declines(
            try tariff(2, effective: 5_000), of: meter, at: 2_000, as: .declined(.tariffAhead(ahead)),
            "another table for the same time as one that the meter holds", in: store)
        // One that may replace it, one for now, and one for an earlier time are sent.
        for order in [
            try tariff(2, effective: 5_000, replacesAhead: true), try tariff(3, effective: 2_000),
            try tariff(4, effective: 4_000),
        ] {
            _ = try settle(order, of: meter, as: .refused(.malformed), at: 2_000, in: store)
        }
        for (id, effective) in [(7, 5_100), (8, 5_200), (9, 5_300)] as [(UInt16, UInt32)] {
            _ = try settle(try tariff(id, effective: effective), of: meter, at: 2_000, in: store)
        }
        let held = try store.tariffsAhead(of: meter, at: at(2_000))
        try equal(held.map { $0.tariff?.table.id }, [1, 7, 8, 9], "what the meter holds for later")
        guard let last = held.last else { throw violation("no table ahead") }
        try declines(
            try tariff(10, effective: 5_150), of: meter, at: 2_000, as: .declined(.noPlaceAhead(last)),
            "a fifth table before the last that the meter holds", in: store)
        // One for a later time waits, once, whatever other host asks; another under its reference is another order.
        let later = try tariff(5, effective: 7_000, reference: "later")
        guard let order = later.tariff else { throw violation("no tariff table") }
        let queued = QueuedTariff(order.table, effective: order.effective, reference: "later")
        for store in [store, try opened()] {
            try equal(
                try ask(later, of: meter, highest: 7, at: 2_000, in: store), .queued(queued),
                "a fifth table after those that the meter holds")
            try equal(try store.queuedTariffs(of: meter), [queued], "what waits")
        }
        try fails(.otherOrder, "another table under the reference of one that waits") {
            let other = try tariff(6, effective: 8_000, reference: "later")
            _ = try ask(other, of: meter, highest: 7, at: 2_000, in: store)
        }
        try require(
            try store.dequeueTariff(effective: at(7_000), of: meter, at: at(2_000)), "a table that waits is taken back")
        try equal(try opened().queuedTariffs(of: meter), [], "what waits once it is taken back")
        // Its time has come.
        _ = try settle(try tariff(2, effective: 6_000), of: meter, at: 5_000, in: store)
        try equal(
            try store.tariffsAhead(of: meter, at: at(5_000)).map { $0.tariff?.table.id }, [7, 8, 9, 2],
            "what the meter holds once one is in force")
    }
}
