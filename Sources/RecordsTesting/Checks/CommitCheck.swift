import Records
import ValueProtocol

extension Trial {
    func checkCommit() async throws {
        let store = try opened()
        try await checkWhole(in: store)
        try await checkOrdersTogether(in: store)
        try await checkFailedCall(in: store)
        try keeps(store)
        try await checkManyChanges(in: store)
        try store.verify(against: [])
    }

    /// Each change writes to an element of its own and to a meter of all.
    private func checkManyChanges(in store: any RecordStore) async throws {
        let (count, meter, cards) = (200, meter(1), (0..<200).map { card(UInt32($0)) })
        let results = await withTaskGroup { group in
            for index in 0..<count {
                let eid = cards[index]
                group.addTask { () async -> (Int, Result<Int, HostError>) in
                    do throws(HostError) {
                        let change = { @Sendable (access: any RecordAccess) throws(HostError) in
                            try access.setStatus(.blocked, of: eid, because: "change \(index)", at: at(1_000))
                            try access.recordClock(at(UInt32(index)), of: meter, at: at(1_000))
                            if index % 3 == 2 { throw HostError(.wrongStatus, "change \(index)") }
                            return index
                        }
                        // Some say before what they are about, and some do not.
                        let isKnown = index % 2 == 0
                        let value =
                            if isKnown { try await store.commit(of: eid, change) } else {
                                try await store.commit(change)
                            }
                        return (index, .success(value))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            var results: [Int: Result<Int, HostError>] = [:]
            for await (index, result) in group { results[index] = result }
            return results
        }
        for index in 0..<count {
            switch results[index] {
            case .success(let value)?:
                try require(index % 3 != 2, "change \(index): expected its own error, found the result \(value)")
                try equal(value, index, "the result of change \(index)")
            case .failure(let error)?:
                try require(
                    index % 3 == 2 && error.code == .wrongStatus && error.subject == "change \(index)",
                    "change \(index): expected \(index % 3 == 2 ? "its own error" : "a result"), found “\(error)”")
            case nil: throw violation("change \(index): expected a result or an error, found neither")
            }
        }
        for store in [store, try opened()] {
            for (index, eid) in cards.enumerated() {
                let status: ElementStatus? = index % 3 == 2 ? nil : .blocked
                try equal(try store.element(eid)?.status, status, "the element of change \(index)")
                try equal(
                    try events(of: eid, in: store),
                    status.map { [.elementStatus($0, reason: "change \(index)")] } ?? [], "the trail of change \(index)"
                )
            }
            let clocks = try store.clocks(of: meter).compactMap(\.clock?.rawValue).sorted()
            try equal(clocks, (0..<UInt32(count)).filter { $0 % 3 != 2 }, "the clocks that the changes left")
        }
    }

    /// Several calls are one commit, and see what those before them wrote.
    private func checkWhole(in store: any RecordStore) async throws {
        let (eid, heir, meter) = (card(300), card(301), meter(2))
        let purse = Bind(service: .gas, currency: euro, limit: micro(100))
        @Sendable func life(_ access: any RecordAccess) throws(HostError) -> [CreditTransaction] {
            try access.recordPurses([purse], of: eid, at: at(1_000))
            let started = try access.begin(request(10), of: eid, elementHighest: .none, at: at(1_001))
            let open = try access.transactionInDoubt(with: eid)
            guard let open, started == .send(open) else { throw HostError(.noSuchTransaction, "not seen") }
            let done = try access.conclude(open, as: .done, balance: micro(10), at: at(1_002))
            try access.setStatus(.lost, of: eid, because: nil, at: at(1_003))
            _ = try access.replace(eid, by: heir, at: at(1_004))
            _ = try access.record([UsageRecord(start: at(0), quantity: 1, spent: .zero)], .hours, of: meter, at: at(1))
            _ = try access.record([EventRecord(time: at(0), codeNumber: 1, value: 0)], of: meter, at: at(1))
            _ = try access.record(
                [MeterStatusRecord(service: .gas, meter: meter, nt: 1, time: at(1), status: [])], from: eid, at: at(1))
            return [open, done]
        }
        let before = try StoreImage(of: store)
        do {
            try await store.commit { (access) throws(HostError) in
                _ = try life(access)
                throw HostError(.notResolvable, "the end")
            }
            throw violation("a change that threw at its end: expected its error, found none")
        } catch let error as HostError {
            try require(
                error.code == .notResolvable, "a change that threw at its end: expected its error, found “\(error)”")
        }
        if let change = try StoreImage(of: store).difference(from: before) {
            throw violation("a change that threw at its end should leave nothing, but \(change)")
        }
        let steps = try await store.commit { (access) throws(HostError) in try life(access) }
        for store in [store, try opened()] {
            try equal(try store.transactions(of: eid), [steps[1]], "the transaction of a whole change")
            try equal(try store.openCarryOvers(to: heir).count, 1, "the value in transit of a whole change")
            try equal(
                try events(of: eid, in: store).map(\.kind),
                [.purse, .transaction, .balance, .transaction, .elementStatus, .carryOver, .elementStatus],
                "the trail of a whole change")
            try equal(try store.use(of: meter, .hours).count, 1, "the usage of a whole change")
        }
    }

    /// Orders of one element, one after another in one commit, each with what became of the one before.
    private func checkOrdersTogether(in store: any RecordStore) async throws {
        let eid = card(500)
        let done = try await store.commit(of: eid) { (access) throws(HostError) in
            var done: [CreditTransaction] = []
            for number in UInt64(0)..<4 {
                let started = try access.begin(
                    request(10), of: eid, elementHighest: HostTransaction(rawValue: number), at: at(1_000))
                guard case .send(let open) = started else { throw HostError(.openTransaction, "\(started)") }
                // Some see what was written before, and some do not look.
                if number == 2, try access.transactions(of: eid) != done + [open] {
                    throw HostError(.noSuchTransaction, "not seen")
                }
                let balance = micro(10 * (number + 1))
                done.append(try access.conclude(open, as: .done, balance: balance, at: at(1_001)))
                if number == 2, try access.balances(of: eid).map(\.amount) != [balance] {
                    throw HostError(.noSuchTransaction, "no balance")
                }
            }
            return done
        }
        // What is recorded of an element between intent and outcome makes no difference.
        let other = card(501)
        try await store.commit(of: other) { (access) throws(HostError) in
            for number in UInt64(0)..<2 {
                let started = try access.begin(
                    request(10), of: other, elementHighest: HostTransaction(rawValue: number), at: at(1_000))
                guard case .send(let open) = started else { throw HostError(.openTransaction, "\(started)") }
                try access.recordPurses(
                    [Bind(service: .gas, currency: euro, limit: micro(100))], of: other, at: at(1_000))
                _ = try access.conclude(open, as: .done, balance: micro(10 * (number + 1)), at: at(1_001))
            }
        }
        for store in [store, try opened()] {
            try equal(
                try store.transactions(of: other).map(\.htxn.rawValue), [1, 2], "the numbers of orders in one commit")
            try equal(try store.transactions(of: eid), done, "the transactions of one commit")
            try equal(try store.balances(of: eid).map(\.amount), [micro(40)], "the balance after one commit")
            try equal(
                try events(of: eid, in: store).map(\.kind),
                Array(repeating: [.transaction, .balance, .transaction], count: 4).flatMap(\.self),
                "the trail of orders in one commit")
            try equal(try store.differences().count, 0, "the differences after one commit")
        }
    }

    /// A call that throws has changed nothing, also where its change goes on.
    private func checkFailedCall(in store: any RecordStore) async throws {
        let (eid, stranger) = (card(400), card(401))
        try settle(request(1), of: eid, balance: .max - 1, in: store)
        let open = try settle(request(2), of: eid, as: .needsManualResolution, in: store)
        let before = try store.auditTrail(of: eid)
        let codes = try await store.commit { (access) throws(HostError) in
            var codes: [HostError.Code] = []
            func attempt(_ call: () throws(HostError) -> Void) {
                do throws(HostError) { try call() } catch { codes.append(error.code) }
            }
            attempt { () throws(HostError) in
                _ = try access.resolve(open.htxn, of: eid, applied: true, by: "a", because: "b", at: at(1))
            }
            attempt { () throws(HostError) in
                try access.setStatus(.replaced(by: eid), of: stranger, because: nil, at: at(1))
            }
            attempt { () throws(HostError) in
                let highest = HostTransaction(rawValue: .max)
                _ = try access.begin(request(1), of: stranger, elementHighest: highest, at: at(1))
            }
            try access.recordClock(at(7), of: eid, at: at(1))
            return codes
        }
        try equal(
            codes, [.booksBroken, .wrongStatus, .recordsBehind], "the errors of three calls in a change that goes on")
        try equal(try store.auditTrail(of: eid), before, "the trail after a call that threw in a change that went on")
        try equal(try store.transaction(open.htxn, of: eid), open, "the transaction of a call that threw")
        try equal(try store.element(stranger), nil, "the element of calls that threw")
        try equal(try events(of: stranger, in: store), [], "the trail of calls that threw")
        try equal(try store.clocks(of: eid).count, 1, "the clock that the change recorded when it went on")
    }
}
