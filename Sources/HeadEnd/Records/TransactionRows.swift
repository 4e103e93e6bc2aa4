internal import GRDB
internal import ValueProtocol

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension TariffOrder {
    /// Of a transaction's row; nil where it has no table.
    init?(_ row: RecordRow) throws(HostError) {
        guard !row.isNull("tariff") else { return nil }
        guard let table = TariffTable(try row.bytes("tariff")) else { throw row.damaged("tariff") }
        self.init(table, effective: Timestamp(rawValue: try row.unsigned("effective")))
    }
}

/// How a transaction lies in its row.
extension CreditTransaction {
    init(_ row: RecordRow) throws(HostError) {
        guard let kind = Kind(rawValue: try row.unsigned("operation")) else { throw row.damaged("operation") }
        let order = CreditOrder(
            htxn: HostTransaction(rawValue: try row.unsigned("htxn")),
            service: UtilityService(rawValue: try row.unsigned("service")),
            currency: Currency(rawValue: try row.unsigned("currency")),
            amount: Amount(rawValue: try row.unsigned("amount")), time: Timestamp(rawValue: try row.unsigned("time")))
        let tariff = try TariffOrder(row)
        guard (tariff != nil) == (kind == .convertTariff) else { throw row.damaged("tariff") }
        let state: State
        switch try row.integer("state") {
        case 0: state = .inDoubt
        case 1: state = .done
        case 2:
            guard let status = BusinessStatus(rawValue: try row.unsigned("refusal")) else {
                throw row.damaged("refusal")
            }
            state = .refused(status)
        case 3: state = .notApplied
        case 4: state = .needsPerson
        default: throw row.damaged("state")
        }
        self.init(
            eid: try row.party("eid"), kind: kind, order: order, tariff: tariff,
            reference: row.isNull("reference") ? nil : try row.text("reference"), state: state,
            balance: row.isNull("balance") ? nil : Amount(rawValue: try row.unsigned("balance")),
            settled: Timestamp(rawValue: try row.unsigned("settled")))
    }

    private var storedState: (number: Int, refusal: UInt16?) {
        switch state {
        case .inDoubt: (0, nil)
        case .done: (1, nil)
        case .refused(let status): (2, status.rawValue)
        case .notApplied: (3, nil)
        case .needsPerson: (4, nil)
        }
    }

    /// What an audit entry on it is about.
    var auditSubject: String { "HTXN \(htxn)" }

    func insert(into database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO credit_transaction
                    (eid, htxn, operation, service, currency, amount, time, reference, state, settled)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                "\(eid)", htxn.rawValue.stored, kind.rawValue, order.service.rawValue, order.currency.rawValue,
                order.amount.rawValue.stored, order.time.rawValue, reference, storedState.number, settled.rawValue,
            ])
        guard let tariff else { return }
        try database.execute(
            sql: "INSERT INTO tariff_order (eid, htxn, effective, tariff) VALUES (?, ?, ?, ?)",
            arguments: [
                "\(eid)", htxn.rawValue.stored, tariff.effective.rawValue, Data(tariff.table.bytes),
            ])
    }

    func update(in database: Database) throws {
        let (number, refusal) = storedState
        try database.execute(
            sql: """
                UPDATE credit_transaction SET state = ?, refusal = ?, balance = ?, settled = ?
                WHERE eid = ? AND htxn = ?
                """,
            arguments: [
                number, refusal, balance?.rawValue.stored, settled.rawValue, "\(eid)", htxn.rawValue.stored,
            ])
    }
}
