import Records
import ValueProtocol

extension Trial {
    func checkBalances() throws {
        let store = try opened()
        let eid = card(1)
        func answer(_ nt: UInt32, _ balance: UInt64) -> AskStatus.Answer {
            AskStatus.Answer(nt: nt, found: false, amount: .zero, balance: micro(balance))
        }
        func proven(_ service: UtilityService, _ amount: UInt64, _ time: UInt32) -> ProvenBalance {
            ProvenBalance(service: service, amount: micro(amount), time: at(time))
        }
        try equal(try store.balances(of: eid), [], "balances of an unknown element")
        try store.recordStatus(answer(5, 30), of: .water, on: eid, at: at(1_000))
        try store.recordStatus(answer(7, 10), of: .gas, on: eid, at: at(1_001))
        // NT is that of the session, in which several purses can be asked for.
        try store.recordStatus(answer(7, 0), of: .heat, on: eid, at: at(1_002))
        let expected = [proven(.gas, 10, 1_001), proven(.water, 30, 1_000), proven(.heat, 0, 1_002)]
        for store in [store, try opened()] {
            try equal(try store.balances(of: eid), expected, "the proven balances, by service")
            try equal(try store.lastNT(of: eid), 7, "NT after STATUS")
            for nt: UInt32 in [6, 0] { try isStale(answer(nt, 99), eid, in: store) }
        }
        try store.recordStatus(answer(8, 4), of: .gas, on: eid, at: at(900))
        try equal(
            try store.balances(of: eid)[0], proven(.gas, 4, 900), "the balance proven last, also by an earlier clock")
        try equal(
            try events(of: eid, in: store),
            [
                .balance(.water, micro(30), .proven), .balance(.gas, micro(10), .proven),
                .balance(.heat, .zero, .proven), .balance(.gas, micro(4), .proven),
            ],
            "the trail of the element")
        try checkPurses(in: store)
        try checkBooks(in: store)
        try store.verify(against: [])
        try keeps(store)
    }

    private func isStale(_ answer: AskStatus.Answer, _ eid: PartyID, in store: any RecordStore) throws {
        let what = "STATUS with NT \(answer.nt) after NT 7"
        try refuses(.noSession, what, in: store) {
            do {
                try store.recordStatus(answer, of: .gas, on: eid, at: at(1_003))
            } catch let error as HostError {
                let cause = (error.cause as? SessionError)?.code
                try equal(cause, .staleElement, "\(what): the cause of the error")
                throw error
            }
        }
    }

    private func checkPurses(in store: any RecordStore) throws {
        let eid = card(2)
        let water = Bind(service: .water, currency: euro, limit: micro(100), meter: meter(1), version: 1)
        let gas = Bind(service: .gas, currency: euro, limit: micro(50))
        let other = Bind(service: .water, currency: franc, limit: micro(70), meter: meter(2), version: 3)
        try store.recordPurses([water, gas], of: eid, at: at(1_000))
        try equal(try store.purses(of: eid), [gas, water], "the purses, by service")
        try store.recordPurses([other], of: eid, at: at(1_001))
        for store in [store, try opened()] {
            try equal(try store.purses(of: eid), [gas, other], "the purses after one was bound anew")
        }
        try equal(
            try events(of: eid, in: store), [water, gas, other].map(AuditEvent.purse), "the trail of the element")
        // Value for which nothing was ordered here has its currency from the purse.
        try store.recordStatus(
            AskStatus.Answer(nt: 1, found: false, amount: .zero, balance: micro(12)), of: .water, on: eid, at: at(1_002)
        )
        let remaining = RemainingValue(service: .water, currency: franc, amount: micro(12), asOf: at(1_002))
        try equal(try store.remainingValue(of: eid), [remaining], "the remaining value that was drawn from cards")
    }

    private func checkBooks(in store: any RecordStore) throws {
        let eid = card(3)
        try settle(request(10), of: eid, balance: 10, at: 1_000, in: store)
        try settle(request(20), of: eid, balance: 28, at: 1_010, in: store)
        try settle(request(5, kind: .refund), of: eid, balance: 23, at: 1_020, in: store)
        try settle(request(40), of: eid, as: .refused(.overLimit), at: 1_030, in: store)
        try settle(request(50), of: eid, as: .notApplied, at: 1_040, in: store)
        try settle(request(7, .water), of: eid, as: .needsManualResolution, at: 1_050, in: store)
        let balance = ProvenBalance(service: .gas, amount: micro(23), time: at(1_021))
        func books(
            _ service: UtilityService, stored: UInt64 = 0, refunded: UInt64 = 0, unsettled: UInt64 = 0,
            _ balance: ProvenBalance?
        ) -> PurseBooks {
            PurseBooks(
                eid: eid, service: service, currency: euro, stored: micro(stored), carriedIn: .zero,
                refunded: micro(refunded), carriedOut: .zero, unsettled: micro(unsettled), balance: balance)
        }
        for store in [store, try opened()] {
            try equal(
                try store.books(of: eid),
                [books(.gas, stored: 30, refunded: 5, balance), books(.water, unsettled: 7, nil)],
                "the books, by service")
            let remaining = RemainingValue(service: .gas, currency: euro, amount: micro(23), asOf: at(1_021))
            try equal(try store.remainingValue(of: eid), [remaining], "the remaining value")
        }
        try equal(try store.books(of: card(9)), [], "the books of an unknown element")
    }
}
