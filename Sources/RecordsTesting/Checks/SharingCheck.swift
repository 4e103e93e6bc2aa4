import Records
import ValueProtocol

extension Trial {
    func checkSharing() async throws {
        let stores = [try opened(), try opened()]
        try checkSameOrder(in: stores)
        try await checkOneOpens(in: stores)
        try await checkApart(in: stores)
        try await checkOneReplaces(in: stores)
        try await checkMeters(in: stores)
        for store in stores + [try opened()] { try store.verify(against: []) }
        try keeps(stores[0])
        try keeps(stores[1])
    }

    private func checkSameOrder(in stores: [any RecordStore]) throws {
        let (a, b) = (stores[0], stores[1])
        let eid = card(1)
        let order = request(10, reference: "order 1")
        let open = try begin(order, of: eid, in: a)
        try refuses(.openTransaction, "the same order through another store while it is in doubt", in: b) {
            try ask(order, of: eid, in: b)
        }
        let done = try b.conclude(open, as: .done, balance: micro(10), at: at(1_001))
        let known = try leaves(a, "an outcome that another store recorded before") {
            try a.conclude(open, as: .done, balance: micro(10), at: at(1_002))
        }
        try equal(known, done, "an outcome that another store recorded before")
        for store in stores {
            try declines(order, of: eid, as: .alreadyDone(done), "an order that was done", in: store)
        }
        try hasReceipt(done, in: a)
        try contact(eid, 9, KeyName(.credit, 1), in: b)
        try equal(try a.lastNT(of: eid), 9, "NT that another store recorded")
        let next = try begin(request(5), of: eid, highest: done.htxn.rawValue, in: b)
        _ = try a.conclude(next, as: .refused(.overLimit), balance: nil, at: at(1_003))
        try equal(
            try events(of: eid, in: a),
            [
                .transaction(open), .balance(.gas, micro(10), .proven), .transaction(done), .transaction(next),
                .transaction(settled(next, .refused(.overLimit), nil, 1_003)),
            ], "the trail of an element that two stores wrote")
    }

    /// Half of them within a commit.
    private func beginTogether(
        _ count: Int, in stores: [any RecordStore], _ order: @escaping @Sendable (Int) -> (CreditRequest, PartyID)
    ) async throws -> [Result<StartedTransaction, HostError>] {
        try await together(count, in: stores) { store, index in
            let (request, eid) = order(index)
            guard index % 4 < 2 else {
                return try await apart { try store.begin(request, of: eid, elementHighest: .none, at: at(1_000)) }
            }
            return try await store.commit { (access) throws(HostError) in
                try access.begin(request, of: eid, elementHighest: .none, at: at(1_000))
            }
        }
    }

    private func checkOneOpens(in stores: [any RecordStore]) async throws {
        for hasReference in [true, false] {
            let eid = card(hasReference ? 2 : 3)
            let results = try await beginTogether(24, in: stores) { index in
                (hasReference ? request(10, reference: "order 1") : request(UInt64(index + 1)), eid)
            }
            let sent = results.compactMap { if case .success(.send(let transaction)) = $0 { transaction } else { nil } }
            let refused = results.count {
                if case .failure(let error) = $0 { error.code == .openTransaction } else { false }
            }
            try require(
                sent.count == 1 && refused == results.count - 1,
                "of \(results.count) orders at once: expected one to be sent and all others to find it open, "
                    + "found \(sent.count) and \(refused)")
            try equal(try stores[0].transactions(of: eid), sent, "the transactions after orders at once")
            let done = try stores[1].conclude(sent[0], as: .done, balance: nil, at: at(1_001))
            guard hasReference else { continue }
            let again = try await beginTogether(24, in: stores) { _ in (request(10, reference: "order 1"), eid) }
            try require(
                again.allSatisfy { if case .success(.alreadyDone(done)) = $0 { true } else { false } },
                "an order that was done, many times at once: expected that it is known each time, found \(again)")
        }
    }

    private func checkApart(in stores: [any RecordStore]) async throws {
        let cards = (100..<124).map(card)
        let results = try await beginTogether(24, in: stores) { (request(10), cards[$0]) }
        let sent = results.compactMap { if case .success(.send(let transaction)) = $0 { transaction.eid } else { nil } }
        try equal(Set(sent), Set(cards), "the elements that got an order each, at once")
    }

    private func checkOneReplaces(in stores: [any RecordStore]) async throws {
        let (old, heirs) = (card(200), (201..<209).map(card))
        try settle(request(10), of: old, balance: 10, in: stores[0])
        try stores[0].setStatus(.lost, of: old, because: nil, at: at(2_000))
        let results = try await together(heirs.count, in: stores) { store, index in
            try await apart { try store.replace(old, by: heirs[index], at: at(3_000)) }
        }
        let carried = results.compactMap { if case .success(let carried) = $0 { carried } else { nil } }
        let refused = results.count { if case .failure(let error) = $0 { error.code == .wrongStatus } else { false } }
        try require(
            carried.count == 1 && carried.first?.count == 1 && refused == heirs.count - 1,
            "of \(heirs.count) replacements at once: expected one, and the others refused, found \(results)")
        let inTransit = try heirs.flatMap { try stores[1].openCarryOvers(to: $0) }
        try equal(inTransit, carried.flatMap(\.self), "value in transit after replacements at once")
    }

    private func checkMeters(in stores: [any RecordStore]) async throws {
        let meter = meter(1)
        let events = (0..<20).map { EventRecord(time: at(UInt32($0 / 4)), codeNumber: UInt16($0), value: 0) }
        let new = try await together(8, in: stores) { store, _ in
            try await apart { try store.record(events, of: meter, at: at(1_000)) }
        }
        let all = try new.flatMap { try $0.get() }
        try equal(all.count, events.count, "how many events were new, read many times at once")
        try equal(try stores[0].events(of: meter), events, "events read many times at once")
        let readings = try await together(16, in: stores) { store, index in
            try await apart { try store.recordClock(at(UInt32(index)), of: meter, at: at(1_000)) }
        }
        for reading in readings { try reading.get() }
        let clocks = try stores[1].clocks(of: meter).compactMap(\.clock?.rawValue).sorted()
        try equal(clocks, Array(0..<16), "clocks recorded at once")
        let counts = try await together(16, in: stores) { store, index in
            let hour = UsageRecord(start: at(UInt32(index) * 3_600), quantity: UInt32(index), spent: .zero)
            return try await apart { try store.record([hour], .hours, of: meter, at: at(1_000)) }
        }
        try equal(
            try counts.map { try $0.get() }.reduce(0, +), 16, "how many hours of one day were new, recorded at once")
        let quantities = try stores[0].use(of: meter, .hours).map(\.quantity)
        try equal(quantities, Array(0..<16), "hours of one day, recorded at once")
    }
}
