internal import GRDB
internal import ValueProtocol

/// What a desk writes down at each step of a transaction (protocol §7).
extension RecordFile {
    /// What is to be done about an order.
    enum StartedTransaction {
        /// Written down as in doubt; send it.
        case send(CreditTransaction)
        /// An earlier try of the same reference was done.
        case alreadyDone(CreditTransaction)
        case declined(DeclineReason)
    }

    /// The transaction with `eid` that is in doubt, if any.
    func inDoubt(with eid: PartyID) throws(HostError) -> CreditTransaction? {
        try read { try transactions("eid = ? AND state = 0", ["\(eid)"], in: $0).first }
    }

    /// Writes down the intent: a new HTXN above all that the records and the element know, or the one that a reference
    /// proven not to be applied had before. The EXECUTE may leave once this has returned.
    func begin(
        _ wish: CreditRequest, of eid: PartyID, elementHighest: HostTransaction, at time: Timestamp
    ) throws(HostError) -> StartedTransaction {
        try write { database in
            try meet(eid, in: database)
            let earlier = try earlier(wish, of: eid, in: database)
            if let earlier, earlier.state == .done { return .alreadyDone(earlier) }
            if let declination = try declination(wish, of: eid, in: database) { return .declined(declination) }
            if try transactions("eid = ? AND state = 0", ["\(eid)"], in: database).first != nil {
                throw HostError(.openTransaction, "\(eid)")
            }
            let highest = try highestNumber(of: eid, in: database)
            if let earlier, earlier.state == .notApplied, earlier.htxn == highest, elementHighest < earlier.htxn {
                return .send(try settle(earlier, as: .inDoubt, balance: nil, at: time, in: database))
            }
            if elementHighest > highest {
                let text = "the element has applied up to HTXN \(elementHighest), these records know \(highest)"
                try trail.append("gap", text, of: eid, at: time, to: database)
            }
            let last = max(highest, elementHighest).rawValue
            guard last < UInt64(Int64.max) else { throw HostError(.numbersUsedUp, "\(eid)") }
            let order = CreditOrder(
                htxn: HostTransaction(rawValue: last + 1), service: wish.service, currency: wish.currency,
                amount: wish.amount, time: time)
            let transaction = CreditTransaction(
                eid: eid, kind: wish.kind, order: order, tariff: wish.tariff, reference: wish.reference,
                state: .inDoubt, settled: time)
            try transaction.insert(into: database)
            try trail.append(transaction.auditSubject, "\(transaction)", of: eid, at: time, to: database)
            return .send(transaction)
        }
    }

    /// Writes down that a transaction proven not to be applied is sent again.
    func beginAgain(
        _ htxn: HostTransaction, of eid: PartyID, elementHighest: HostTransaction, at time: Timestamp
    ) throws(HostError) -> StartedTransaction {
        try write { database in
            guard let found = try transaction(htxn, of: eid, in: database) else {
                throw HostError(.noSuchTransaction, "HTXN \(htxn) of \(eid)")
            }
            if found.state == .done { return .alreadyDone(found) }
            let wish = CreditRequest(
                kind: found.kind, service: found.order.service, currency: found.order.currency,
                amount: found.order.amount, reference: nil, tariff: found.tariff)
            if let declination = try declination(wish, of: eid, in: database) { return .declined(declination) }
            let isNewest = try highestNumber(of: eid, in: database) == htxn
            guard found.state == .notApplied, isNewest, elementHighest < htxn else {
                return .declined(.notToRetry(found))
            }
            return .send(try settle(found, as: .inDoubt, balance: nil, at: time, in: database))
        }
    }

    /// Writes down what became of a transaction in doubt, with the balance that the element proved.
    ///
    /// - Returns: the transaction as it is now, which another process may have settled before.
    func conclude(
        _ transaction: CreditTransaction, as state: CreditTransaction.State, balance: Amount?, at time: Timestamp
    ) throws(HostError) -> CreditTransaction {
        try write { database in
            guard let now = try self.transaction(transaction.htxn, of: transaction.eid, in: database) else {
                throw HostError(.noSuchTransaction, "\(transaction)")
            }
            guard now.state == .inDoubt else { return now }
            if let balance { try note(balance, of: now.order.service, on: now.eid, at: time, in: database) }
            return try settle(now, as: state, balance: balance, at: time, in: database)
        }
    }

    private func highestNumber(of eid: PartyID, in database: Database) throws -> HostTransaction {
        let highest = try Int64.fetchOne(
            database, sql: "SELECT max(htxn) FROM credit_transaction WHERE eid = ?", arguments: ["\(eid)"])
        return HostTransaction(rawValue: UInt64(highest ?? 0))
    }

    /// The newest transaction of the wish's reference; without one the newest of all, where it is known as not applied
    /// and the wish is the same: then it is the same order, which keeps its number, and a float pays for it once.
    private func earlier(_ wish: CreditRequest, of eid: PartyID, in database: Database) throws -> CreditTransaction? {
        guard let reference = wish.reference else {
            let newest = try transactions("eid = ?", ["\(eid)"], in: database).last
            return newest.flatMap { $0.state == .notApplied && $0.isRepeated(by: wish) ? $0 : nil }
        }
        let all = try transactions("eid = ? AND reference = ?", ["\(eid)", reference], in: database)
        guard let newest = all.last else { return nil }
        guard newest.kind == wish.kind, newest.order.service == wish.service, newest.order.amount == wish.amount,
            newest.order.currency == wish.currency, newest.tariff == wish.tariff
        else { throw HostError(.otherOrder, "\(reference): \(newest)") }
        return newest
    }

    private func declination(_ wish: CreditRequest, of eid: PartyID, in database: Database) throws -> DeclineReason? {
        if wish.tariff == nil, wish.amount == .zero || wish.amount == .all { return .noAmount }
        let standing = try standing(of: eid, in: database)
        if standing != .inUse { return .standing(standing) }
        if let open = try transactions("eid = ? AND state = 4", ["\(eid)"], in: database).first {
            return .needsPerson(open)
        }
        return nil
    }
}
