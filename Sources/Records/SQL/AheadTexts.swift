/// The texts of the statements that read what orders need of some elements; their arguments are shard and identifier of each.
struct AheadTexts: Sendable {
    let statuses: String
    let purses: String
    let newestTransactions: String
    let unsettledTransactions: String
    let sequences: String
    let ledgerElements: String
    let ledgerPurses: String
    let ledgerBalances: String
    let ledgerDifferences: String
    let openTransfers: String

    private struct Case: Hashable {
        let count: Int
        let locksRows: Bool
        let namesIndexes: Bool
    }

    /// They are long, so they are made once.
    private static let all: [Case: AheadTexts] = {
        var all: [Case: AheadTexts] = [:]
        for count in ElementBatch.sizes {
            for (locksRows, namesIndexes) in [(true, false), (false, true), (false, false)] {
                let key = Case(count: count, locksRows: locksRows, namesIndexes: namesIndexes)
                all[key] = AheadTexts(key)
            }
        }
        return all
    }()

    /// - Parameters:
    ///   - batch: the elements that are asked for.
    ///   - database: whose rows may have to be locked.
    static func texts(for batch: ElementBatch, in database: any SQLConnection) -> AheadTexts {
        let key = Case(
            count: batch.eids.count, locksRows: database.locksRows, namesIndexes: database.namesIndexes)
        return all[key] ?? AheadTexts(key)
    }

    private init(_ key: Case) {
        let asked = "(VALUES " + Array(repeating: "(?, ?)", count: key.count).joined(separator: ", ") + ") AS asked"
        func indexed(by index: String?) -> String {
            guard key.namesIndexes, let index else { return "" }
            return " INDEXED BY \(index)"
        }
        // SQLite looks each of them up in the index of shard and column; of a list of pairs after IN it would read the whole
        // table. CROSS, so that it does not begin with the table.
        func selection(
            _ columns: String, from table: String, by column: String = "eid", index: String? = nil,
            joining others: String = ""
        ) -> String {
            """
            SELECT \(columns) FROM \(asked) CROSS JOIN \(table)\(indexed(by: index)) \(others)
            WHERE \(table).shard = asked.column1 AND \(table).\(column) = asked.column2
            """
        }
        // In the order of the rows, so that two processes do not wait for each other.
        func locked(_ selection: String, _ table: String, order: String) -> String {
            "\(selection) ORDER BY \(order)" + (key.locksRows ? " FOR UPDATE OF \(table)" : "")
        }
        func rows(_ table: LedgerTable, by column: String = "eid", order: String) -> String {
            locked(
                selection(table.columns, from: table.name, by: column, index: table.elementIndex), table.name,
                order: order)
        }
        statuses = locked(selection("eid, standing, replacement", from: "element"), "element", order: "shard, eid")
        purses = selection("purse.*", from: "purse") + " ORDER BY eid, service"
        let transactions = selection(
            "*", from: "credit_transaction", joining: "LEFT JOIN tariff_order USING (shard, eid, htxn)")
        newestTransactions = """
            \(transactions) AND htxn = (SELECT max(other.htxn) FROM credit_transaction AS other
                WHERE other.shard = column1 AND other.eid = column2)
            """
        unsettledTransactions = "\(transactions) AND \(TransactionStates.unsettled)"
        sequences = """
            SELECT column2 AS eid, (SELECT sequence FROM audit_event WHERE shard = column1 AND eid = column2
                ORDER BY sequence DESC LIMIT 1) AS sequence FROM \(asked)
            """
        ledgerElements = rows(.element, order: "shard, eid")
        ledgerPurses = rows(.purse, order: "shard, eid, service")
        ledgerBalances = rows(.balance, by: "party", order: "shard, account, currency, part")
        ledgerDifferences = rows(.difference, order: "shard, eid, subject")
        openTransfers = """
            SELECT ledger_fact.* FROM \(asked) CROSS JOIN ledger_element
                CROSS JOIN ledger_fact\(indexed(by: "ledger_step"))
            WHERE ledger_element.shard = asked.column1 AND ledger_element.eid = asked.column2
                AND ledger_fact.shard = ledger_element.shard AND ledger_fact.transfer = ledger_element.open_transfer
            ORDER BY ledger_fact.transfer, ledger_fact.step
            """
    }
}
