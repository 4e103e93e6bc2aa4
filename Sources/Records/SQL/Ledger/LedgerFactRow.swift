import Ledger
import ValueProtocol

extension LedgerFact {
    /// The columns of a row of `ledger_fact`, but for the mark.
    private static let columns = [
        "shard", "number", "time", "order_key", "kind", "transfer", "step", "receipt", "currency", "amount", "source",
        "target", "doubt", "element", "htxn", "content",
    ]

    static let insertion = SQLRowStatement(columnCount: columns.count + 1) {
        "INSERT INTO ledger_fact (\((columns + ["mark"]).joined(separator: ", "))) VALUES \($0)"
    }

    static let entryInsertion = SQLRowStatement(columnCount: 6) {
        "INSERT INTO ledger_entry (shard, fact, position, account, currency, amount) VALUES \($0)"
    }

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
        var values: [SQLValue] = [
            Shard(of: key).sqlValue, number.sqlValue, time.sqlValue, .text(key.rawValue),
            change.kind.rawValue.sqlValue, (change.transfer?.rawValue).sqlValue, step.sqlValue, receipt.sqlValue,
            (opened?.currency).sqlValue, (opened?.amount).sqlValue, (opened?.from.description).sqlValue,
            (opened?.to.description).sqlValue,
            transaction.map { Account.inDoubt(in: $0.purse).description }.sqlValue,
            (transaction?.purse.element).sqlValue, (transaction?.htxn).sqlValue, .blob(change.bytes),
        ]
        values.append(.blob(trail.rowMark(of: "ledger_fact", values)))
        return values
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
        let entries = change.entries
        guard !entries.isEmpty else { return [] }
        let shard = Shard(of: key).sqlValue
        return entries.enumerated().map { index, entry in
            [
                shard, number.sqlValue, index.sqlValue, .text(entry.account.description), entry.currency.sqlValue,
                entry.amount.sqlValue,
            ]
        }
    }
}
