internal import GRDB
public import ValueProtocol

extension RecordFile {
    /// The balances that `eid` last proved, by service.
    ///
    /// - Throws: `HostError` of the file.
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

    /// Backs up what an element's STATUS proved: its NT and the balance of a purse now.
    ///
    /// - Throws: `SessionError` `.staleElement` as the cause of `.noSession`, where NT is below one seen before.
    func noteStatus(
        _ answer: AskStatus.Answer, of service: UtilityService, on eid: PartyID, at time: Timestamp
    ) throws(HostError) {
        try write { database in
            try meet(eid, in: database)
            try database.execute(
                sql: "UPDATE element SET nt = ?1 WHERE eid = ?2 AND (nt IS NULL OR nt <= ?1)",
                arguments: [answer.nt, "\(eid)"])
            guard database.changesCount == 1 else {
                throw HostError(.noSession, "\(eid)", cause: SessionError(.staleElement, "\(eid)"))
            }
            try note(answer.balance, of: service, on: eid, at: time, in: database)
        }
    }

    func note(
        _ balance: Amount, of service: UtilityService, on eid: PartyID, at time: Timestamp, in database: Database
    ) throws {
        try database.execute(
            sql: """
                INSERT INTO balance (eid, service, amount, time) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET amount = excluded.amount, time = excluded.time
                """,
            arguments: ["\(eid)", service.rawValue, balance.rawValue.stored, time.rawValue])
        try trail.append("balance \(service)", "\(balance)", of: eid, at: time, to: database)
    }

    /// The balance as it must be where a person decided that a transaction was applied; the next proof replaces it.
    func noteDecided(_ transaction: CreditTransaction, at time: Timestamp, in database: Database) throws {
        let order = transaction.order
        let before = try balances(of: transaction.eid, in: database).first { $0.service == order.service }
        let held = before?.amount ?? .zero
        guard transaction.kind != .convertTariff else { return }
        let after =
            transaction.kind == .storeCredit ? held.adding(order.amount) : held.subtracting(order.amount) ?? .zero
        guard let after else { throw HostError(.booksBroken, "\(transaction)") }
        try note(after, of: order.service, on: transaction.eid, at: time, in: database)
    }
}
