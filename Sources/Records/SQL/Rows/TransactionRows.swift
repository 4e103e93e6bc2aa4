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

    private static let insertion = SQLRowStatement(columnCount: 11) {
        """
        INSERT INTO credit_transaction
            (shard, eid, htxn, operation, service, currency, amount, time, reference, state, settled) VALUES \($0)
        """
    }

    private static let tariffInsertion = SQLRowStatement(columnCount: 5) {
        "INSERT INTO tariff_order (shard, eid, htxn, effective, tariff) VALUES \($0)"
    }

    private static let change = SQLRowStatement(
        columnCount: 7,
        each: """
            UPDATE credit_transaction SET state = ?, refusal = ?, balance = ?, settled = ?
            WHERE shard = ? AND eid = ? AND htxn = ?
            """)

    /// The rows of new transactions.
    static func insertions(of transactions: [CreditTransaction]) -> [SQLRowWrite] {
        let rows = transactions.map { transaction in
            let (eid, order) = (transaction.eid, transaction.order)
            let values: [any SQLArgument] = [
                Shard(of: eid), eid, transaction.htxn, transaction.kind.rawValue, order.service, order.currency,
                order.amount, order.time, transaction.reference, transaction.state.code.rawValue, transaction.settled,
            ]
            return values.map(\.sqlValue)
        }
        let tariffs = transactions.compactMap { transaction in
            transaction.tariff.map { tariff in
                let eid = transaction.eid
                let values: [any SQLArgument] = [
                    Shard(of: eid), eid, transaction.htxn, tariff.effective, tariff.table.bytes,
                ]
                return values.map(\.sqlValue)
            }
        }
        return [SQLRowWrite(insertion, rows), SQLRowWrite(tariffInsertion, tariffs)]
    }

    /// The rows of transactions that have a new state.
    static func changes(of transactions: [CreditTransaction]) -> SQLRowWrite {
        let rows = transactions.map { transaction in
            let (eid, state) = (transaction.eid, transaction.state)
            let values: [any SQLArgument] = [
                state.code.rawValue, state.refusal?.rawValue, transaction.balance, transaction.settled, Shard(of: eid),
                eid, transaction.htxn,
            ]
            return values.map(\.sqlValue)
        }
        return SQLRowWrite(change, rows)
    }
}
