import Ledger
import ValueProtocol

extension LedgerFact {
    /// The columns of a row of `ledger_fact`, but for the mark.
    private static let columns = [
        "shard", "number", "time", "order_key", "kind", "transfer", "step", "receipt", "currency", "amount", "source",
        "target", "doubt", "element", "htxn", "content",
    ]

    static let insertedColumns = (columns + ["mark"]).joined(separator: ", ")
    static let insertedCount = columns.count + 1

    /// The row, with its mark.
    ///
    /// - Parameter transfer: as it is after this fact; nil if it concerns none.
    func row(_ transfer: Transfer?, _ trail: AuditTrail) -> [SQLValue] {
        let opened: Transfer? =
            switch change {
            case .opened(let transfer, _), .booked(let transfer, _, _): transfer
            default: nil
            }
        let receipt: UInt64? = if case .posted(let receipt)? = change.state { receipt.rawValue } else { nil }
        let transaction = opened?.transaction
        let step = transfer?.history.firstIndex { $0.fact == number }.map { $0 + 1 }
        let content: [any SQLArgument] = [
            Shard(of: key), number, time, key.rawValue, change.kind.rawValue, change.transfer?.rawValue, step, receipt,
            opened?.currency, opened.map(\.amount), opened?.from.description, opened?.to.description,
            transaction.map { Account.inDoubt(in: $0.purse).description }, transaction?.purse.element,
            transaction?.htxn, change.bytes,
        ]
        let values = content.map(\.sqlValue)
        return values + [.blob(trail.rowMark(of: "ledger_fact", values))]
    }

    /// From a row of `ledger_fact`, whose mark is checked.
    ///
    /// - Throws: `HostError` `.auditBroken`, `.corrupt`.
    init(_ row: SQLRow, _ trail: AuditTrail, _ path: String) throws(HostError) {
        guard try row.bytes("mark") == trail.rowMark(of: "ledger_fact", row.values(Self.columns)) else {
            throw HostError(.auditBroken, "\(path), a row of ledger_fact")
        }
        let key = IdempotencyKey(rawValue: try row.text("order_key"))
        guard let change = LedgerChange(bytes: try row.bytes("content"), key: key) else { throw row.damaged("content") }
        self.init(number: try row.unsigned("number"), key: key, time: try row.time("time"), change)
    }

    /// The rows of its entries.
    var entryRows: [[SQLValue]] {
        change.entries.enumerated().map { index, entry in
            let values: [any SQLArgument] = [
                Shard(of: key), number, index, entry.account.description, entry.currency, entry.amount,
            ]
            return values.map(\.sqlValue)
        }
    }
}
