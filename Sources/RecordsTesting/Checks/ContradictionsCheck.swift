import Records
import ValueProtocol

extension Trial {
    func checkContradictions() async throws {
        let store = try opened()
        let pairs: [(CreditTransaction.State, CreditTransaction.State)] = [
            (.done, .notApplied), (.done, .refused(.stale)), (.notApplied, .done), (.refused(.overLimit), .done),
        ]
        for (index, (recorded, proven)) in pairs.enumerated() {
            let eid = card(UInt32(index))
            let record = try settle(request(10), of: eid, as: recorded, balance: 10, in: store)
            let before = try events(of: eid, in: store)
            let stored = try store.transactions(of: nil)
            try fails(.contradicted, "the proof “\(proven)” of what is recorded as \(recorded)") {
                _ = try store.conclude(record, as: proven, balance: micro(4), at: at(2_000))
            }
            for store in [store, try opened()] {
                try equal(try store.transactions(of: nil), stored, "the transactions after a contradiction")
                try equal(
                    try events(of: eid, in: store),
                    before + [.balance(.gas, micro(4), .proven), .contradiction(settled(record, proven, 4, 2_000))],
                    "the trail of the element, with the proof")
                let balance = ProvenBalance(service: .gas, amount: micro(4), time: at(2_000))
                try equal(try store.balances(of: eid), [balance], "the balance that the element proved")
            }
            try hasReceipt(record, in: store)
            try store.verify(against: [])
        }
        try checkAgreeing(in: store)
        try await checkInCommit(in: store)
        try keeps(store)
    }

    private func checkAgreeing(in store: any RecordStore) throws {
        let pairs: [(CreditTransaction.State, CreditTransaction.State)] = [
            (.done, .done), (.refused(.overLimit), .notApplied), (.notApplied, .refused(.stale)),
            (.done, .needsManualResolution), (.notApplied, .needsManualResolution),
        ]
        for (index, (recorded, proven)) in pairs.enumerated() {
            let record = try settle(request(10), of: card(UInt32(20 + index)), as: recorded, in: store)
            let now = try leaves(store, "the proof “\(proven)” of what is recorded as \(recorded)") {
                try store.conclude(record, as: proven, balance: micro(4), at: at(2_000))
            }
            try equal(now, record, "the transaction, settled before")
        }
    }

    /// Within a commit the proof is kept where the change goes on, and undone with the change that does not.
    private func checkInCommit(in store: any RecordStore) async throws {
        let record = try settle(request(10), of: card(40), balance: 10, in: store)
        let before = try StoreImage(of: store)
        do {
            _ = try await store.commit { (access) throws(HostError) in
                try access.conclude(record, as: .notApplied, balance: nil, at: at(2_000))
            }
            throw violation(
                "a contradiction in a commit: expected the error “\(HostError.Code.contradicted)”, found none")
        } catch let error as HostError {
            try equal(error.code, .contradicted, "a contradiction in a commit: the error")
        }
        if let change = try StoreImage(of: store).difference(from: before) {
            throw violation("a change that threw should leave nothing, but \(change)")
        }
        let wasContradicted = try await store.commit { (access) throws(HostError) in
            do throws(HostError) {
                _ = try access.conclude(record, as: .notApplied, balance: nil, at: at(2_000))
                return false
            } catch {
                return error.code == .contradicted
            }
        }
        try require(wasContradicted, "a contradiction in a commit that goes on: expected an error, found none")
        try equal(
            try events(of: record.eid, in: store).last, .contradiction(settled(record, .notApplied, nil, 2_000)),
            "the last entry, after a commit that went on after the contradiction")
    }
}
