import Ledger
public import ValueProtocol

extension SQLRecords {
    public func transactions(of eid: PartyID? = nil) throws(HostError) -> [CreditTransaction] {
        try read { database in
            guard let eid else { return try transactions("1 = 1", [], in: database) }
            return try transactions(of: eid, in: database)
        }
    }

    public func transaction(_ htxn: HostTransaction, of eid: PartyID) throws(HostError) -> CreditTransaction? {
        try read { try transaction(htxn, of: eid, in: $0) }
    }

    public func unsettled() throws(HostError) -> [CreditTransaction] {
        try read { try transactions(TransactionStates.unsettled, [], in: $0) }
    }

    public func receipt(_ htxn: HostTransaction, of eid: PartyID) throws(HostError) -> Receipt? {
        try read { database in
            guard let found = try transaction(htxn, of: eid, in: database), found.state.isSettled,
                let entry = try lastEntry(AuditSubject(.transaction, htxn.rawValue), of: eid, in: database)
            else { return nil }
            return Receipt(transaction: found, mark: entry.mark)
        }
    }

    public func resolve(
        _ htxn: HostTransaction, of eid: PartyID, applied: Bool, by person: String, because reason: String,
        at time: Timestamp
    ) throws(HostError) -> CreditTransaction {
        try write { database in
            try own(eid, in: database)
            guard let found = try transaction(htxn, of: eid, in: database) else {
                throw HostError(.noSuchTransaction, "HTXN \(htxn) of \(eid)")
            }
            let isOutOfReach = try status(of: eid, in: database) != .inUse
            guard found.state == .needsManualResolution || (found.state == .inDoubt && isOutOfReach) else {
                throw HostError(.notResolvable, "\(found)")
            }
            let resolution = ManualResolution(htxn: htxn, applied: applied, person: person, reason: reason)
            try trail.append(.resolution(resolution), of: eid, at: time, to: database)
            if applied { try setResolvedBalance(found, at: time, in: database) }
            try bookOutcome(found, applied ? .posted : .voided(.resolved), at: time, in: database)
            return try settle(found, as: applied ? .done : .notApplied, balance: nil, at: time, in: database)
        }
    }

    func transaction(_ htxn: HostTransaction, of eid: PartyID, in database: any SQLConnection) throws
        -> CreditTransaction?
    {
        if let newest = database.elements.newest(of: eid) ?? nil, newest.htxn == htxn { return newest }
        return try transactions(of: eid, "htxn = ?", [htxn], in: database).first
    }

    /// Those whose outcome is not known, by HTXN.
    func unsettled(with eid: PartyID, in database: any SQLConnection) throws -> [CreditTransaction] {
        try database.elements.unsettled(with: eid)
            ?? transactions(of: eid, TransactionStates.unsettled, in: database)
    }

    /// The transactions with an element that meet a condition, by HTXN.
    func transactions(
        of eid: PartyID, _ condition: String = "1 = 1", _ arguments: [any SQLArgument] = [],
        in database: any SQLConnection
    ) throws -> [CreditTransaction] {
        try transactions(
            "shard = ? AND eid = ? AND \(condition)", [Shard(of: eid), eid] + arguments, in: database)
    }

    func transactions(
        _ condition: String, _ arguments: [any SQLArgument], in database: any SQLConnection
    ) throws -> [CreditTransaction] {
        try database.elements.flush(into: database)
        return try database.query(
            """
            SELECT * FROM credit_transaction LEFT JOIN tariff_order USING (shard, eid, htxn)
            WHERE \(condition) ORDER BY eid, htxn
            """, arguments.map(\.sqlValue)
        ).map { try CreditTransaction($0) }
    }

    /// Writes a new state of a transaction and its audit entry.
    func settle(
        _ transaction: CreditTransaction, as state: CreditTransaction.State, balance: Amount?, at time: Timestamp,
        in database: any SQLConnection
    ) throws -> CreditTransaction {
        let settled = transaction.with(state, balance: balance, at: time)
        database.elements.update(settled)
        try trail.append(.transaction(settled), of: settled.eid, at: time, to: database)
        return settled
    }
}

/// Conditions on a transaction's state, in SQL; literals instead of arguments, so that partial indexes are used.
enum TransactionStates {
    static let inDoubt = condition(.inDoubt)
    static let done = condition(.done)
    static let unsettled = "state IN (\(code(.inDoubt)), \(code(.needsManualResolution)))"

    private static func condition(_ state: CreditTransaction.State.Code) -> String { "state = \(code(state))" }
    private static func code(_ state: CreditTransaction.State.Code) -> UInt8 { state.rawValue }
}
