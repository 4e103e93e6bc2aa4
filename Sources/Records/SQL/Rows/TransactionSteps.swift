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
        let status = try own(eid, in: database)
        let newest = try newest(of: eid, in: database)
        let earlier = try earlier(request, of: eid, newest: newest, at: time, in: database)
        if let earlier, earlier.state == .done { return .alreadyDone(earlier) }
        let open = try unsettled(with: eid, in: database)
        if let reason = declineReason(of: status, with: open) { return .declined(reason) }
        let ahead = try tariffAhead(of: request, of: eid, at: time, in: database)
        if let ahead, let queued = try queue(request, behind: ahead, of: eid, at: time, in: database) {
            return .queued(queued)
        }
        if let ahead, !request.replacesTariffAhead { return .declined(.tariffAhead(ahead)) }
        if open.contains(where: { $0.state == .inDoubt }) { throw HostError(.openTransaction, "\(eid)") }
        let highest = newest?.htxn ?? .none
        let accepted = elementHighest > highest ? try acceptedNumber(of: eid, in: database) : highest
        if elementHighest > accepted {
            throw HostError(.recordsBehind, "\(eid), HTXN \(elementHighest), known up to \(accepted)")
        }
        if let earlier, earlier.state == .notApplied, earlier.htxn == highest, elementHighest < earlier.htxn {
            return try sendAgain(earlier, at: time, in: database)
        }
        let last = max(highest, elementHighest).rawValue
        guard last < UInt64(Int64.max) else { throw HostError(.numbersUsedUp, "\(eid)") }
        let order = CreditOrder(
            htxn: HostTransaction(rawValue: last + 1), service: request.service, currency: request.currency,
            amount: request.amount, time: time)
        let transaction = CreditTransaction(
            eid: eid, kind: request.kind, order: order, tariff: request.tariff, reference: request.reference,
            state: .inDoubt, settled: time)
        if let ahead { try queueAgain(ahead, behind: request, of: eid, at: time, in: database) }
        try bookIntent(transaction, request, at: time, in: database)
        try transaction.insert(into: database)
        try trail.append(.transaction(transaction), of: eid, at: time, to: database)
        return .send(transaction)
    }

    public func acceptNumbers(
        upTo highest: HostTransaction, of eid: PartyID, at time: Timestamp
    ) throws(HostError) -> NumberGap? {
        try write { database in
            try own(eid, in: database)
            let known = try acceptedNumber(of: eid, in: database)
            guard highest > known else { return nil }
            try trail.append(.numberGap(applied: highest, known: known), of: eid, at: time, to: database)
            return NumberGap(known: known, applied: highest)
        }
    }

    public func beginAgain(
        _ htxn: HostTransaction, of eid: PartyID, elementHighest: HostTransaction, at time: Timestamp
    ) throws(HostError) -> StartedTransaction {
        try declining { database in
            let status = try own(eid, in: database)
            guard let found = try transaction(htxn, of: eid, in: database) else {
                throw HostError(.noSuchTransaction, "HTXN \(htxn) of \(eid)")
            }
            if found.state == .done { return .alreadyDone(found) }
            let open = try unsettled(with: eid, in: database)
            if let reason = declineReason(of: status, with: open) { return .declined(reason) }
            let isNewest = try newest(of: eid, in: database)?.htxn == htxn
            guard found.state == .notApplied, isNewest, elementHighest < htxn else {
                return .declined(.notToRetry(found))
            }
            return try sendAgain(found, at: time, in: database)
        }
    }

    public func conclude(
        _ transaction: CreditTransaction, as state: CreditTransaction.State, balance: Amount?, at time: Timestamp
    ) throws(HostError) -> CreditTransaction {
        let settled = try write { database in
            try own(transaction.eid, in: database)
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

    private func sendAgain(
        _ transaction: CreditTransaction, at time: Timestamp, in database: any SQLConnection
    ) throws -> StartedTransaction {
        try bookRetry(transaction, at: time, in: database)
        return .send(try settle(transaction, as: .inDoubt, balance: nil, at: time, in: database))
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
        if let known = database.elements.transactions[eid] { return known.newest }
        return try database.query(
            """
            SELECT * FROM credit_transaction LEFT JOIN tariff_order USING (shard, eid, htxn)
            WHERE shard = ? AND eid = ? ORDER BY htxn DESC LIMIT 1
            """, Shard(of: eid), eid
        ).first.map { try CreditTransaction($0) }
    }

    /// The highest number that the records have, or that was accepted without them.
    private func acceptedNumber(of eid: PartyID, in database: any SQLConnection) throws -> HostTransaction {
        let highest = try newest(of: eid, in: database)?.htxn ?? .none
        guard
            case .event(.numberGap(let applied, _))? = try lastEntry(AuditSubject(.numberGap), of: eid, in: database)?
                .content
        else { return highest }
        return max(highest, applied)
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

    /// The table that the meter holds for a later time, which a table for another later time would replace: a meter has
    /// room for one.
    private func tariffAhead(
        of request: CreditRequest, of eid: PartyID, at time: Timestamp, in database: any SQLConnection
    ) throws -> CreditTransaction? {
        guard let tariff = request.tariff, tariff.effective > time else { return nil }
        let ahead = try tariffAhead(of: eid, at: time, in: database)
        return ahead?.tariff?.effective == tariff.effective ? nil : ahead
    }

    /// - Parameters:
    ///   - status: the element's.
    ///   - open: the transactions with it that are not settled.
    private func declineReason(of status: ElementStatus, with open: [CreditTransaction]) -> DeclineReason? {
        if status != .inUse { return .status(status) }
        return open.first { $0.state == .needsManualResolution }.map(DeclineReason.needsManualResolution)
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
