internal import ValueProtocol

extension TariffOrder {
    /// From a transaction's row; nil if it has no table.
    init?(_ row: SQLRow) throws(HostError) {
        guard !row.isNull("tariff") else { return nil }
        guard let table = TariffTable(try row.bytes("tariff")) else { throw row.damaged("tariff") }
        self.init(table, effective: try row.time("effective"))
    }
}

/// The mapping of a transaction to its row.
extension CreditTransaction {
    init(_ row: SQLRow) throws(HostError) {
        let kind: Kind = try row.code("operation")
        let order = CreditOrder(
            htxn: HostTransaction(rawValue: try row.unsigned("htxn")), service: try row.service("service"),
            currency: try row.currency("currency"), amount: try row.amount("amount"), time: try row.time("time"))
        let tariff = try TariffOrder(row)
        guard (tariff != nil) == (kind == .convertTariff) else { throw row.damaged("tariff") }
        let refusal: BusinessStatus? = row.isNull("refusal") ? nil : try row.code("refusal")
        guard let state = State(try row.code("state"), refusal: refusal) else { throw row.damaged("state") }
        self.init(
            eid: try row.party("eid"), kind: kind, order: order, tariff: tariff,
            reference: row.isNull("reference") ? nil : try row.text("reference"), state: state,
            balance: row.isNull("balance") ? nil : try row.amount("balance"), settled: try row.time("settled"))
    }

    func insert(into database: any SQLConnection) throws {
        database.elements.forget(eid)
        try database.execute(
            """
            INSERT INTO credit_transaction
                (shard, eid, htxn, operation, service, currency, amount, time, reference, state, settled)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, Shard(of: eid), eid, htxn, kind.rawValue, order.service, order.currency, order.amount, order.time,
            reference, state.code.rawValue, settled)
        guard let tariff else { return }
        try database.execute(
            "INSERT INTO tariff_order (shard, eid, htxn, effective, tariff) VALUES (?, ?, ?, ?, ?)", Shard(of: eid),
            eid, htxn, tariff.effective, tariff.table.bytes)
    }

    func update(in database: any SQLConnection) throws {
        database.elements.forget(eid)
        try database.execute(
            """
            UPDATE credit_transaction SET state = ?, refusal = ?, balance = ?, settled = ?
            WHERE shard = ? AND eid = ? AND htxn = ?
            """, state.code.rawValue, state.refusal?.rawValue, balance, settled, Shard(of: eid), eid, htxn)
    }
}
