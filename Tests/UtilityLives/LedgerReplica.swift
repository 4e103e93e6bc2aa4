import Ledger
import Records
import ValueProtocol

/// The books as the facts of the records make them, one order after the other, with the twelve invariants of each, and
/// with the balances that the records keep.
///
/// It follows one writer. Where a process begins before a server has noticed the end of the one before, it has a chain of
/// its own: from then on the records' own invariants are checked instead, less often.
struct LedgerReplica {
    private static let numbersOfAWriter: UInt64 = 1 << 40
    /// How many steps are between two checks where it does not follow.
    private static let interval = 25

    private var ledger = GeneralLedger()
    private var writer: UInt64?
    private var isFollowing = true
    private var stepCount = 0

    /// Takes the facts that are new.
    mutating func follow(_ records: any RecordStore & SQLRecords) throws {
        stepCount += 1
        guard isFollowing else {
            if stepCount % Self.interval == 0 { try expectWhole(records) }
            return
        }
        let last = ledger.state.factCount
        let facts = try records.read { database in
            try database.query(
                "SELECT number, time, order_key, content FROM ledger_fact WHERE number > ? ORDER BY number", last
            ).map(LedgerFact.init)
        }
        if let first = facts.first, writer == nil { begin(by: first.number / Self.numbersOfAWriter) }
        guard facts.allSatisfy({ $0.number / Self.numbersOfAWriter == writer }) else {
            isFollowing = false
            return
        }
        var accounts: Set<AccountInCurrency> = []
        var rest = facts[...]
        while let first = rest.first {
            let order = rest.prefix { $0.key == first.key }
            rest.removeFirst(order.count)
            let check = StepCheck(of: Array(order), on: ledger)
            for fact in order {
                try ledger.append(fact)
                accounts.formUnion(fact.change.entries.map { AccountInCurrency($0.account, $0.currency) })
            }
            if let violation = check.violations(after: ledger).first {
                throw UtilityLife.Violation(description: "\(violation)")
            }
        }
        try compare(accounts, records)
    }

    private mutating func begin(by writer: UInt64) {
        self.writer = writer
        let first = writer * Self.numbersOfAWriter
        ledger.state.factCount = first
        ledger.state.transferCount = first
        ledger.state.receiptCount = first
        ledger.state.differenceCount = first
    }

    private func compare(_ accounts: Set<AccountInCurrency>, _ records: any RecordStore & SQLRecords) throws {
        guard !accounts.isEmpty else { return }
        let places = Array(repeating: "?", count: accounts.count).joined(separator: ", ")
        let names = accounts.map { SQLValue.text($0.account.description) }
        let rows = try records.read { database in
            try database.query(
                """
                SELECT account, currency, CAST(sum(balance) AS BIGINT) AS balance, CAST(sum(pending) AS BIGINT) AS pending
                FROM ledger_balance WHERE account IN (\(places)) GROUP BY account, currency
                """, names
            ).map { row in
                (
                    try row.text("account"), try row.currency("currency"), Int128(try row.integer("balance")),
                    Int128(try row.integer("pending"))
                )
            }
        }
        for (name, currency, balance, pending) in rows {
            guard let account = accounts.first(where: { $0.account.description == name })?.account else { continue }
            guard balance == ledger.balance(of: account, in: currency),
                pending == ledger.pending(from: account, in: currency)
            else {
                throw UtilityLife.Violation(
                    description: "\(name): \(balance) and \(pending) pending in the records, not by their facts")
            }
        }
    }

    /// The invariants of the whole, here and in the records, which are verified.
    func expectWhole(_ records: any RecordStore & SQLRecords) throws {
        // The counts of the invariants of the whole are those of the first writer.
        let own = isFollowing && writer == 0 ? LedgerInvariant.allViolations(in: ledger) : []
        if let violation = try own.first ?? records.violations().first {
            throw UtilityLife.Violation(description: "\(violation)")
        }
    }
}

extension LedgerFact {
    fileprivate init(_ row: SQLRow) throws {
        let key = IdempotencyKey(rawValue: try row.text("order_key"))
        guard let change = LedgerChange(bytes: try row.bytes("content"), key: key) else {
            throw row.damaged("content")
        }
        self.init(number: try row.unsigned("number"), key: key, time: try row.time("time"), change)
    }
}
