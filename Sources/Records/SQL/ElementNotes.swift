package import ValueProtocol

/// What a transaction has read of elements before it was asked for, as many elements as a statement has room for.
///
/// A connection has new ones for each transaction. Whoever writes such a row has it forgotten.
public final class ElementNotes {
    /// Of elements that nobody else changes before this transaction ends.
    package var statuses: [PartyID: ElementStatus] = [:]
    package var purses: [PartyID: [Bind]] = [:]
    package var transactions: [PartyID: Transactions] = [:]

    package struct Transactions {
        var newest: CreditTransaction?
        var unsettled: [CreditTransaction] = []
    }

    public init() {}

    /// Forgets what is noted of an element.
    package func forget(_ eid: PartyID) {
        statuses[eid] = nil
        purses[eid] = nil
        transactions[eid] = nil
    }

    /// Forgets everything: what was noted may have been undone.
    public func clear() {
        statuses = [:]
        purses = [:]
        transactions = [:]
    }
}

/// Some elements, as a statement asks for them.
struct ElementBatch {
    private static let sizes = [64, 16, 4, 1]

    let eids: [PartyID]

    /// A row of shard and identifier for each: `VALUES (?, ?), (?, ?)`.
    var values: String { Self.values(eids.count) }

    var arguments: [SQLValue] { eids.flatMap { [Shard(of: $0).sqlValue, $0.sqlValue] } }

    /// `VALUES` with so many rows of two.
    static func values(_ count: Int) -> String {
        "VALUES " + Array(repeating: "(?, ?)", count: count).joined(separator: ", ")
    }

    /// Passes elements in batches of few different sizes, so that few statements are prepared; in the order of their rows,
    /// so that two processes do not wait for each other.
    static func forEach(_ eids: [PartyID], _ body: (ElementBatch) throws -> Void) rethrows {
        let sorted = Set(eids).sorted { (Shard(of: $0), $0) < (Shard(of: $1), $1) }
        try forEach(of: sorted) { try body(ElementBatch(eids: Array($0))) }
    }

    /// Passes slices of few different sizes.
    static func forEach<Item>(of items: [Item], _ body: (ArraySlice<Item>) throws -> Void) rethrows {
        var rest = items[...]
        for size in sizes {
            while rest.count >= size {
                try body(rest.prefix(size))
                rest.removeFirst(size)
            }
        }
    }
}

extension SQLRecords {
    /// Notes status, purses, newest and unsettled transactions and the number of the last entry in the trail.
    func readAhead(_ batch: ElementBatch, in database: any SQLConnection) throws {
        let (notes, trail) = (database.elements, database.notes)
        let statuses = """
            SELECT eid, standing, replacement FROM element WHERE (shard, eid) IN (\(batch.values)) ORDER BY shard, eid
            """
        for row in try database.query(statuses + database.rowLock, batch.arguments) {
            notes.statuses[try row.party("eid")] = try ElementStatus(row)
        }
        let purses = "SELECT * FROM purse WHERE (shard, eid) IN (\(batch.values)) ORDER BY shard, eid, service"
        for eid in batch.eids { (notes.purses[eid], notes.transactions[eid]) = ([], ElementNotes.Transactions()) }
        for row in try database.query(purses, batch.arguments) {
            notes.purses[try row.party("eid"), default: []].append(try Bind(row))
        }
        // CROSS, so that SQLite does not begin with the transactions.
        let transactions = """
            SELECT * FROM (\(batch.values)) AS asked CROSS JOIN credit_transaction
            LEFT JOIN tariff_order USING (shard, eid, htxn) WHERE shard = column1 AND eid = column2 AND
            """
        let newest = """
            htxn = (SELECT max(other.htxn) FROM credit_transaction AS other
                WHERE other.shard = column1 AND other.eid = column2)
            """
        for row in try database.query("\(transactions) \(newest)", batch.arguments) {
            let transaction = try CreditTransaction(row)
            notes.transactions[transaction.eid]?.newest = transaction
        }
        let unsettled = "\(transactions) \(TransactionStates.unsettled) ORDER BY eid, htxn"
        for row in try database.query(unsettled, batch.arguments) {
            let transaction = try CreditTransaction(row)
            notes.transactions[transaction.eid]?.unsettled.append(transaction)
        }
        let sequences = """
            SELECT column2 AS eid, (SELECT sequence FROM audit_event WHERE shard = column1 AND eid = column2
                ORDER BY sequence DESC LIMIT 1) AS sequence FROM (\(batch.values)) AS asked
            """
        for row in try database.query(sequences, batch.arguments) {
            let eid = try row.party("eid")
            if trail.sequences[eid] == nil {
                trail.sequences[eid] = row.isNull("sequence") ? 0 : try row.integer("sequence")
            }
        }
    }
}
