internal import GRDB
public import Records
public import ValueProtocol

extension RecordFile {
    public func balances(of eid: PartyID) throws(HostError) -> [ProvenBalance] {
        try read { try balances(of: eid, in: $0) }
    }

    func balances(of eid: PartyID, in database: Database) throws -> [ProvenBalance] {
        try Row.fetchAll(
            database, sql: "SELECT * FROM balance WHERE eid = ? ORDER BY service", arguments: ["\(eid)"]
        ).map { row in
            let row = RecordRow(row: row, path: path)
            return ProvenBalance(
                service: UtilityService(rawValue: try row.unsigned("service")),
                amount: Amount(rawValue: try row.unsigned("amount")),
                time: Timestamp(rawValue: try row.unsigned("time")))
        }
    }

    public func recordStatus(
        _ answer: AskStatus.Answer, of service: UtilityService, on eid: PartyID, at time: Timestamp
    ) throws(HostError) {
        try write { database in
            try ensureElement(eid, in: database)
            try database.execute(
                sql: "UPDATE element SET nt = ?1 WHERE eid = ?2 AND (nt IS NULL OR nt <= ?1)",
                arguments: [answer.nt, "\(eid)"])
            guard database.changesCount == 1 else {
                throw HostError(.noSession, "\(eid)", cause: SessionError(.staleElement, "\(eid)"))
            }
            try set(answer.balance, .proven, of: service, on: eid, at: time, in: database)
        }
    }

    func set(
        _ balance: Amount, _ basis: BalanceBasis, of service: UtilityService, on eid: PartyID, at time: Timestamp,
        in database: Database
    ) throws {
        try database.execute(
            sql: """
                INSERT INTO balance (eid, service, amount, time) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET amount = excluded.amount, time = excluded.time
                """,
            arguments: ["\(eid)", service.rawValue, balance.rawValue.stored, time.rawValue])
        try trail.append(.balance(service, balance, basis), of: eid, at: time, to: database)
    }

    /// Sets the balance that follows from a transaction resolved by a person as applied; the next proof replaces it.
    func setResolvedBalance(_ transaction: CreditTransaction, at time: Timestamp, in database: Database) throws {
        guard transaction.kind != .convertTariff else { return }
        let order = transaction.order
        let before = try balances(of: transaction.eid, in: database).first { $0.service == order.service }
        guard let after = transaction.balanceIfApplied(to: before?.amount ?? .zero) else {
            throw HostError(.booksBroken, "\(transaction)")
        }
        try set(after, .resolved, of: order.service, on: transaction.eid, at: time, in: database)
    }
}
