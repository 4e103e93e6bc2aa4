import Ledger
public import ValueProtocol

extension SQLRecords {
    public func balances(of eid: PartyID) throws(HostError) -> [ProvenBalance] {
        try read { try balances(of: eid, in: $0) }
    }

    func balances(of eid: PartyID, in database: any SQLConnection) throws -> [ProvenBalance] {
        try database.elements.flush(into: database)
        return try database.query(
            "SELECT * FROM balance WHERE shard = ? AND eid = ? ORDER BY service", Shard(of: eid), eid
        ).map { row in
            ProvenBalance(
                service: try row.service("service"), amount: try row.amount("amount"), time: try row.time("time"))
        }
    }

    public func recordStatus(
        _ answer: AskStatus.Answer, of service: UtilityService, on eid: PartyID, at time: Timestamp
    ) throws(HostError) {
        try write { database in
            _ = try ownForOrder(eid, in: database)
            try requireRecent(answer.nt, of: eid, in: database)
            try bookReport(
                answer.balance, of: PurseID(eid, service), nt: answer.nt, highest: answer.highest, at: time,
                in: database)
            try set(answer.balance, .proven, of: service, on: eid, at: time, in: database)
        }
    }

    func set(
        _ balance: Amount, _ basis: BalanceBasis, of service: UtilityService, on eid: PartyID, at time: Timestamp,
        in database: any SQLConnection
    ) throws {
        database.elements.set(balance, of: service, on: eid, at: time)
        try trail.append(.balance(service, balance, basis), of: eid, at: time, to: database)
    }

    /// Sets the balance that follows from a transaction resolved by a person as applied; the next proof replaces it.
    func setResolvedBalance(
        _ transaction: CreditTransaction, at time: Timestamp, in database: any SQLConnection
    ) throws {
        guard transaction.kind != .convertTariff else { return }
        let order = transaction.order
        let before = try balances(of: transaction.eid, in: database).first { $0.service == order.service }
        guard let after = transaction.balanceIfApplied(to: before?.amount ?? .zero) else {
            throw HostError(.booksBroken, "\(transaction)")
        }
        try set(after, .resolved, of: order.service, on: transaction.eid, at: time, in: database)
    }
}
