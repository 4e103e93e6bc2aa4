internal import GRDB
internal import Records
internal import ValueProtocol

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension TariffOrder {
    /// From a transaction's row; nil if it has no table.
    init?(_ row: RecordRow) throws(HostError) {
        guard !row.isNull("tariff") else { return nil }
        guard let table = TariffTable(try row.bytes("tariff")) else { throw row.damaged("tariff") }
        self.init(table, effective: Timestamp(rawValue: try row.unsigned("effective")))
    }
}

/// The mapping of a transaction to its row.
extension CreditTransaction {
    init(_ row: RecordRow) throws(HostError) {
        let kind: Kind = try row.code("operation")
        let order = CreditOrder(
            htxn: HostTransaction(rawValue: try row.unsigned("htxn")),
            service: UtilityService(rawValue: try row.unsigned("service")),
            currency: Currency(rawValue: try row.unsigned("currency")),
            amount: Amount(rawValue: try row.unsigned("amount")), time: Timestamp(rawValue: try row.unsigned("time")))
        let tariff = try TariffOrder(row)
        guard (tariff != nil) == (kind == .convertTariff) else { throw row.damaged("tariff") }
        let refusal: BusinessStatus? = row.isNull("refusal") ? nil : try row.code("refusal")
        guard let state = State(try row.code("state"), refusal: refusal) else { throw row.damaged("state") }
        self.init(
            eid: try row.party("eid"), kind: kind, order: order, tariff: tariff,
            reference: row.isNull("reference") ? nil : try row.text("reference"), state: state,
            balance: row.isNull("balance") ? nil : Amount(rawValue: try row.unsigned("balance")),
            settled: Timestamp(rawValue: try row.unsigned("settled")))
    }

    func insert(into database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO credit_transaction
                    (eid, htxn, operation, service, currency, amount, time, reference, state, settled)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                "\(eid)", htxn.rawValue.stored, kind.rawValue, order.service.rawValue, order.currency.rawValue,
                order.amount.rawValue.stored, order.time.rawValue, reference, state.code.rawValue, settled.rawValue,
            ])
        guard let tariff else { return }
        try database.execute(
            sql: "INSERT INTO tariff_order (eid, htxn, effective, tariff) VALUES (?, ?, ?, ?)",
            arguments: [
                "\(eid)", htxn.rawValue.stored, tariff.effective.rawValue, Data(tariff.table.bytes),
            ])
    }

    func update(in database: Database) throws {
        try database.execute(
            sql: """
                UPDATE credit_transaction SET state = ?, refusal = ?, balance = ?, settled = ?
                WHERE eid = ? AND htxn = ?
                """,
            arguments: [
                state.code.rawValue, state.refusal?.rawValue, balance?.rawValue.stored, settled.rawValue, "\(eid)",
                htxn.rawValue.stored,
            ])
    }
}
