import Ledger
import ValueProtocol

/// The whole ledger, verified.
extension SQLRecords {
    /// Checks that every row of the ledger is as it was written, that its entries are those of its facts, that its rows are
    /// what the facts add up to, and that the invariants hold.
    ///
    /// - Throws: `HostError` `.auditBroken`.
    func verifyLedger(in database: any SQLConnection) throws {
        try verifyEntries(in: database)
        try verifyRows(in: database)
        if let violation = try violations(in: database).first {
            throw HostError(.auditBroken, "\(path), \(violation)")
        }
    }

    /// The entries are those of the facts: as many, and each fact has its own.
    private func verifyEntries(in database: any SQLConnection) throws {
        var expectedCount = 0
        try database.forEachRow(of: "SELECT * FROM ledger_fact", []) { row in
            expectedCount += try LedgerFact(row, trail, path).change.entries.count
        }
        let count = try database.query("SELECT count(*) AS count FROM ledger_entry").first?.integer("count")
        guard count == Int64(expectedCount) else { throw HostError(.auditBroken, "\(path), ledger_entry") }
        var fact: LedgerFact?
        let joined = """
            SELECT f.*, e.position AS position, e.account AS account, e.currency AS entry_currency,
                e.amount AS entry_amount
            FROM ledger_entry e JOIN ledger_fact f ON f.shard = e.shard AND f.number = e.fact
            ORDER BY f.shard, f.number, e.position
            """
        var joinedCount = 0
        try database.forEachRow(of: joined, []) { row in
            joinedCount += 1
            if try fact?.number != row.unsigned("number") { fact = try LedgerFact(row, trail, path) }
            let entries = fact?.change.entries ?? []
            let position = Int(try row.integer("position"))
            guard entries.indices.contains(position),
                entries[position].account.description == (try row.text("account")),
                entries[position].currency == (try row.currency("entry_currency")),
                entries[position].amount == (try row.integer("entry_amount"))
            else { throw HostError(.auditBroken, "\(path), an entry of fact \(try row.integer("number"))") }
        }
        guard joinedCount == expectedCount else { throw HostError(.auditBroken, "\(path), ledger_entry") }
    }

    /// Each row has its mark. Where one writer made all facts, which are then in order, the rows are also exactly those that
    /// the facts add up to.
    private func verifyRows(in database: any SQLConnection) throws {
        let writers = try database.query(
            "SELECT DISTINCT number / \(LedgerRows.firstNumber(of: 1)) AS writer FROM ledger_fact")
        var expected: [String: [[SQLValue]: [SQLValue]]] = [:]
        if let writer: UInt32 = try writers.first?.unsigned("writer"), writers.count == 1 {
            for (table, rows) in try replayedState(of: writer, in: database).rows(writer: writer) {
                expected[table.name] = Dictionary(uniqueKeysWithValues: rows.map { ($0.key, $0.content) })
            }
        }
        for table in LedgerTable.all {
            try database.forEachRow(of: table.selection, []) { row in
                try table.check(row, trail, path)
                guard writers.count == 1 else { return }
                let key = Array(row.values.prefix(table.key.count))
                let content = Array(row.values[table.key.count..<(table.key.count + table.content.count)])
                guard expected[table.name]?.removeValue(forKey: key) == content else {
                    throw HostError(.auditBroken, "\(path), a row of \(table.name)")
                }
            }
            guard expected[table.name]?.isEmpty ?? true else {
                throw HostError(.auditBroken, "\(path), a row of \(table.name) is missing")
            }
        }
    }

    /// What the facts add up to, without what only recognizes orders and transfers that are done.
    private func replayedState(of writer: UInt32, in database: any SQLConnection) throws -> LedgerState {
        var state = LedgerState()
        let first = LedgerRows.firstNumber(of: writer)
        (state.factCount, state.transferCount, state.receiptCount, state.differenceCount) = (first, first, first, first)
        try database.forEachRow(of: "SELECT * FROM ledger_fact ORDER BY number", []) { row in
            let fact = try LedgerFact(row, trail, path)
            do {
                try state.apply(fact)
            } catch {
                throw HostError(.auditBroken, "\(path), fact \(fact.number)", cause: error)
            }
            state.keys.base.removeAll()
            state.receipts.base.removeAll()
            if case .posted? = fact.change.state, let transfer = fact.change.transfer {
                state.transfers[transfer] = nil
            }
        }
        return state
    }
}

extension LedgerTable {
    /// - Throws: `HostError` `.auditBroken` if the row is not as it was written.
    func check(_ row: SQLRow, _ trail: AuditTrail, _ path: String) throws {
        guard try row.bytes("mark") == mark(of: row.values.dropLast(), trail) else {
            throw HostError(.auditBroken, "\(path), a row of \(name)")
        }
    }
}
