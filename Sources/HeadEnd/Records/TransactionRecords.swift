internal import GRDB
public import ValueProtocol

extension RecordFile {
    /// The transactions with `eid`, by HTXN; of every element where it is nil.
    ///
    /// - Throws: `HostError` of the file.
    public func transactions(of eid: PartyID? = nil) throws(HostError) -> [CreditTransaction] {
        try read { database in
            guard let eid else { return try transactions("1 = 1", [], in: database) }
            return try transactions("eid = ?", ["\(eid)"], in: database)
        }
    }

    /// One transaction; nil where there is none of that number.
    ///
    /// - Throws: `HostError` of the file.
    public func transaction(_ htxn: HostTransaction, of eid: PartyID) throws(HostError) -> CreditTransaction? {
        try read { try transaction(htxn, of: eid, in: $0) }
    }

    /// Every transaction that is in doubt or that a person has to decide.
    ///
    /// - Throws: `HostError` of the file.
    public func unsettled() throws(HostError) -> [CreditTransaction] {
        try read { try transactions("state IN (0, 4)", [], in: $0) }
    }

    /// The receipt of a transaction that is settled; nil where there is none of that number or it is not settled yet.
    ///
    /// - Throws: `HostError` of the file.
    public func receipt(_ htxn: HostTransaction, of eid: PartyID) throws(HostError) -> Receipt? {
        try read { database in
            guard let found = try transaction(htxn, of: eid, in: database), found.state != .inDoubt,
                let entry = try lastEntry(found.auditSubject, of: eid, in: database)
            else { return nil }
            return Receipt(transaction: found, mark: entry.mark)
        }
    }

    /// Settles what no element can settle any more: a person looked at the facts and answers for it.
    ///
    /// That is what STATUS left to a person, and what is in doubt with an element that is lost, blocked or replaced.
    ///
    /// - Parameters:
    ///   - htxn: the transaction.
    ///   - eid: the element that it is with.
    ///   - applied: whether the element applied it.
    ///   - person: who decides.
    ///   - reason: why; both stand in the audit trail.
    ///   - time: when.
    /// - Throws: `HostError` `.noSuchTransaction`, `.notToDecide`.
    public func decide(
        _ htxn: HostTransaction, of eid: PartyID, applied: Bool, by person: String, because reason: String,
        at time: Timestamp
    ) throws(HostError) -> CreditTransaction {
        try write { database in
            guard let found = try transaction(htxn, of: eid, in: database) else {
                throw HostError(.noSuchTransaction, "HTXN \(htxn) of \(eid)")
            }
            let isOutOfReach = try standing(of: eid, in: database) != .inUse
            guard found.state == .needsPerson || (found.state == .inDoubt && isOutOfReach) else {
                throw HostError(.notToDecide, "\(found)")
            }
            try trail.append("decision \(htxn)", "by \(person): \(reason)", of: eid, at: time, to: database)
            if applied { try noteDecided(found, at: time, in: database) }
            return try settle(found, as: applied ? .done : .notApplied, balance: nil, at: time, in: database)
        }
    }

    func transaction(_ htxn: HostTransaction, of eid: PartyID, in database: Database) throws -> CreditTransaction? {
        try transactions("eid = ? AND htxn = ?", ["\(eid)", htxn.rawValue.stored], in: database).first
    }

    func transactions(
        _ condition: String, _ arguments: StatementArguments, in database: Database
    ) throws -> [CreditTransaction] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT * FROM credit_transaction LEFT JOIN tariff_order USING (eid, htxn)
                WHERE \(condition) ORDER BY eid, htxn
                """,
            arguments: arguments
        ).map { try CreditTransaction(RecordRow(row: $0, path: path)) }
    }

    /// Writes a new state of a transaction and its audit entry.
    func settle(
        _ transaction: CreditTransaction, as state: CreditTransaction.State, balance: Amount?, at time: Timestamp,
        in database: Database
    ) throws -> CreditTransaction {
        let settled = transaction.with(state, balance: balance, at: time)
        try settled.update(in: database)
        try trail.append(settled.auditSubject, "\(settled)", of: settled.eid, at: time, to: database)
        return settled
    }
}
