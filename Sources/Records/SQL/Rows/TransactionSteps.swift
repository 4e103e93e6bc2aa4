import Ledger
public import ValueProtocol

/// What is recorded at each step of a transaction (protocol §7).
extension SQLRecords {
    public func transactionInDoubt(with eid: PartyID) throws(HostError) -> CreditTransaction? {
        try read { try transactions(of: eid, TransactionStates.inDoubt, in: $0).first }
    }

    public func begin(
        _ request: CreditRequest, of eid: PartyID, elementHighest: HostTransaction, at time: Timestamp
    ) throws(HostError) -> StartedTransaction {
        if request.tariff == nil, request.amount == .zero || request.amount == .all { return .declined(.noAmount) }
        return try declining {
            try begin(request, of: eid, elementHighest, at: time, in: $0)
        }
    }

    private func begin(
        _ request: CreditRequest, of eid: PartyID, _ elementHighest: HostTransaction, at time: Timestamp,
        in database: any SQLConnection
    ) throws -> StartedTransaction {
        let status = try ownForOrder(eid, in: database)
        let newest = try newest(of: eid, in: database)
        let earlier = try earlier(request, of: eid, newest: newest, at: time, in: database)
        if let earlier, earlier.state == .done { return .alreadyDone(earlier) }
        let open = try unsettled(with: eid, in: database)
        if let reason = declineReason(of: status, with: open) { return .declined(reason) }
        if let placed = try place(request, of: eid, at: time, in: database) { return placed }
        if open.contains(where: { $0.state == .inDoubt }) { throw HostError(.openTransaction, "\(eid)") }
        try requireKnown(elementHighest, of: eid, newest: newest, in: database)
        let highest = newest?.htxn ?? .none
        if let earlier, earlier.state == .notApplied, earlier.htxn == highest, elementHighest < earlier.htxn {
            return .send(try doubt(earlier, at: time, in: database))
        }
        let last = max(highest, elementHighest).rawValue
        guard last < UInt64(Int64.max) else { throw HostError(.numbersUsedUp, "\(eid)") }
        let order = CreditOrder(
            htxn: HostTransaction(rawValue: last + 1), service: request.service, currency: request.currency,
            amount: request.amount, time: time)
        let transaction = CreditTransaction(
            eid: eid, kind: request.kind, order: order, tariff: request.tariff, reference: request.reference,
            state: .inDoubt, settled: time)
        try bookIntent(transaction, request, at: time, in: database)
        try database.elements.insert(transaction, into: database)
        try trail.append(.transaction(transaction), of: eid, at: time, to: database)
        return .send(transaction)
    }

    public func acceptNumbers(
        upTo highest: HostTransaction, of eid: PartyID, at time: Timestamp
    ) throws(HostError) -> NumberGap? {
        try write { database in
            try own(eid, in: database)
            let newest = try newest(of: eid, in: database)
            let accepted = try acceptedNumber(of: eid, in: database)
            guard highest > max(newest.highestApplied, accepted) else { return nil }
            let known = max(newest?.htxn ?? .none, accepted)
            try trail.append(.numberGap(applied: highest, known: known), of: eid, at: time, to: database)
            // Records that were lost may have sent it again under its number: only the element knows.
            guard let newest, newest.state == .notApplied else { return NumberGap(known: known, applied: highest) }
            return NumberGap(known: known, applied: highest, doubted: try doubt(newest, at: time, in: database))
        }
    }

    public func beginAgain(
        _ htxn: HostTransaction, of eid: PartyID, elementHighest: HostTransaction, at time: Timestamp
    ) throws(HostError) -> StartedTransaction {
        try declining { database in
            let status = try ownForOrder(eid, in: database)
            guard let found = try transaction(htxn, of: eid, in: database) else {
                throw HostError(.noSuchTransaction, "HTXN \(htxn) of \(eid)")
            }
            if found.state == .done { return .alreadyDone(found) }
            let open = try unsettled(with: eid, in: database)
            if let reason = declineReason(of: status, with: open) { return .declined(reason) }
            let newest = try newest(of: eid, in: database)
            guard found.state == .notApplied, newest?.htxn == htxn else { return .declined(.notToRetry(found)) }
            try requireKnown(elementHighest, of: eid, newest: newest, in: database)
            guard elementHighest < htxn else { return .declined(.notToRetry(found)) }
            return .send(try doubt(found, at: time, in: database))
        }
    }

    public func conclude(
        _ transaction: CreditTransaction, as state: CreditTransaction.State, balance: Amount?, at time: Timestamp
    ) throws(HostError) -> CreditTransaction {
        let settled = try write { database in
            _ = try ownForOrder(transaction.eid, in: database)
            guard let now = try self.transaction(transaction.htxn, of: transaction.eid, in: database) else {
                throw HostError(.noSuchTransaction, "\(transaction)")
            }
            let isContradicted = now.isContradicted(by: state)
            guard now.state == .inDoubt || isContradicted else { return now }
            if let balance {
                try set(balance, .proven, of: now.order.service, on: now.eid, at: time, in: database)
            }
            guard isContradicted else {
                if let outcome = state.outcome { try bookOutcome(now, outcome, at: time, in: database) }
                if let balance {
                    try bookReport(
                        balance, of: PurseID(now.eid, now.order.service), highest: now.htxn, at: time, in: database)
                }
                return try settle(now, as: state, balance: balance, at: time, in: database)
            }
            let proven = now.with(state, balance: balance, at: time)
            try trail.append(.contradiction(proven), of: now.eid, at: time, to: database)
            return now
        }
        // Only once the proof is recorded.
        guard !settled.isContradicted(by: state) else { throw HostError(.contradicted, "\(settled)") }
        return settled
    }

    /// One that was not applied is in doubt again.
    private func doubt(
        _ transaction: CreditTransaction, at time: Timestamp, in database: any SQLConnection
    ) throws -> CreditTransaction {
        try bookRetry(transaction, at: time, in: database)
        return try settle(transaction, as: .inDoubt, balance: nil, at: time, in: database)
    }

    /// - Throws: `HostError` `.recordsBehind` if the element has applied what these records do not know.
    private func requireKnown(
        _ elementHighest: HostTransaction, of eid: PartyID, newest: CreditTransaction?,
        in database: any SQLConnection
    ) throws {
        guard elementHighest > newest.highestApplied else { return }
        let known = max(newest.highestApplied, try acceptedNumber(of: eid, in: database))
        guard elementHighest > known else { return }
        throw HostError(.recordsBehind, "\(eid), HTXN \(elementHighest), known up to \(known)")
    }

    /// One commit; nothing is written if the ledger refuses it.
    private func declining(
        _ body: (any SQLConnection) throws -> StartedTransaction
    ) throws(HostError) -> StartedTransaction {
        do throws(HostError) {
            return try write(body)
        } catch {
            guard let refusal = error.refusal else { throw error }
            return .declined(.books(refusal))
        }
    }

    /// The transaction with the highest number.
    private func newest(of eid: PartyID, in database: any SQLConnection) throws -> CreditTransaction? {
        if let known = database.elements.newest(of: eid) { return known }
        try database.elements.flush(into: database)
        return try database.query(
            """
            SELECT * FROM credit_transaction LEFT JOIN tariff_order USING (shard, eid, htxn)
            WHERE shard = ? AND eid = ? ORDER BY htxn DESC LIMIT 1
            """, Shard(of: eid), eid
        ).first.map { try CreditTransaction($0) }
    }

    /// The highest number that was accepted without the records' having it.
    private func acceptedNumber(of eid: PartyID, in database: any SQLConnection) throws -> HostTransaction {
        let last = try lastEntry(AuditSubject(.numberGap), of: eid, in: database)?.content
        guard case .event(.numberGap(let applied, _))? = last else { return .none }
        return applied
    }

    /// The newest transaction with the request's reference. Without a reference: the newest of all, if it is proven not
    /// applied and the request is the same; it is then the same order, which keeps its number and is deducted from a
    /// float only once. A table that the meter took last is the same order too.
    private func earlier(
        _ request: CreditRequest, of eid: PartyID, newest: CreditTransaction?, at time: Timestamp,
        in database: any SQLConnection
    ) throws -> CreditTransaction? {
        guard let reference = request.reference else {
            if let tariff = request.tariff, let taken = try tariffsTaken(by: eid, in: database).last,
                let held = taken.tariff, tariff.repeats(held, takenAt: taken.order.time, now: time)
            {
                return taken
            }
            return newest.flatMap { $0.state == .notApplied && $0.isRepeated(by: request, now: time) ? $0 : nil }
        }
        let all = try transactions(of: eid, "reference = ?", [reference], in: database)
        guard let newest = all.last else { return nil }
        guard newest.asksForTheSame(as: request, now: time) else {
            throw HostError(.otherOrder, "\(reference): \(newest)")
        }
        return newest
    }

    /// The tables that a meter has taken, by HTXN.
    func tariffsTaken(by eid: PartyID, in database: any SQLConnection) throws -> [CreditTransaction] {
        try transactions(of: eid, TransactionStates.done, in: database).filter { $0.kind == .convertTariff }
    }

    /// - Parameters:
    ///   - status: the element's.
    ///   - open: the transactions with it that are not settled.
    private func declineReason(of status: ElementStatus, with open: [CreditTransaction]) -> DeclineReason? {
        if status != .inUse { return .status(status) }
        return open.first { $0.state == .needsManualResolution }.map(DeclineReason.needsManualResolution)
    }
}

extension CreditTransaction? {
    /// The highest number that an element can have applied, where this is its newest transaction and the records are not
    /// older than it: one below an order that was not applied.
    fileprivate var highestApplied: HostTransaction {
        guard let self else { return .none }
        return self.state == .notApplied ? HostTransaction(rawValue: self.htxn.rawValue - 1) : self.htxn
    }
}

extension CreditTransaction.State {
    /// What became of the transfer; nil while that is unknown.
    var outcome: TransferOutcome? {
        switch self {
        case .done: .posted
        case .refused: .voided(.refused)
        case .notApplied: .voided(.notApplied)
        case .inDoubt, .needsManualResolution: nil
        }
    }
}
