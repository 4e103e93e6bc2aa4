internal import Ledger
package import ValueProtocol

/// What a transaction knows of elements, and the rows of their orders and balances that it has not written yet: they are
/// written together, before their tables are read and before the commit.
///
/// A connection has new ones for each transaction. Whoever writes another row of an element has it forgotten.
public final class ElementNotes {
    /// Of elements that nobody else changes before this transaction ends.
    package var statuses: [PartyID: ElementStatus] = [:]
    package var purses: [PartyID: [Bind]] = [:]
    private var transactions: [PartyID: Transactions] = [:]

    private struct Transactions {
        var newest: CreditTransaction?
        /// By HTXN.
        var unsettled: [CreditTransaction] = []
    }

    private var inserted: [CreditTransaction] = []
    private var updated: [PartyID: [HostTransaction: CreditTransaction]] = [:]
    private var balances: [PurseID: [SQLValue]] = [:]

    public init() {}

    /// The newest transaction with an element, which may be none; nil if it is not known.
    func newest(of eid: PartyID) -> CreditTransaction?? { transactions[eid].map(\.newest) }

    /// The transactions with an element whose outcome is not known, by HTXN; nil if they are not known.
    func unsettled(with eid: PartyID) -> [CreditTransaction]? { transactions[eid]?.unsettled }

    /// Notes that an element has no transactions but those that are noted next.
    func beginTransactions(of eid: PartyID) { transactions[eid] = Transactions() }

    /// Notes a transaction with an element whose transactions are known, as it is now.
    func note(_ transaction: CreditTransaction) {
        guard var known = transactions.removeValue(forKey: transaction.eid) else { return }
        if known.newest.map({ $0.htxn <= transaction.htxn }) ?? true { known.newest = transaction }
        known.unsettled.removeAll { $0.htxn == transaction.htxn }
        if !transaction.state.isSettled {
            let index = known.unsettled.firstIndex { $0.htxn > transaction.htxn } ?? known.unsettled.endIndex
            known.unsettled.insert(transaction, at: index)
        }
        transactions[transaction.eid] = known
    }

    // MARK: Rows that wait

    /// Has a new transaction written.
    func insert(_ transaction: CreditTransaction, into database: any SQLConnection) throws {
        // Only one is in doubt with an element: what became of the one before it is written first.
        if updated[transaction.eid] != nil { try flush(into: database) }
        inserted.append(transaction)
        note(transaction)
    }

    /// Has a transaction's new state written.
    func update(_ transaction: CreditTransaction) {
        updated[transaction.eid, default: [:]][transaction.htxn] = transaction
        note(transaction)
    }

    /// Has a balance written.
    func set(_ balance: Amount, of service: UtilityService, on eid: PartyID, at time: Timestamp) {
        let row: [any SQLArgument] = [Shard(of: eid), eid, service, balance, time]
        balances[PurseID(eid, service)] = row.map(\.sqlValue)
    }

    private static let balanceRow = SQLRowStatement(columnCount: 5) {
        """
        INSERT INTO balance (shard, eid, service, amount, time) VALUES \($0)
        ON CONFLICT (shard, eid, service) DO UPDATE SET amount = excluded.amount, time = excluded.time
        """
    }

    /// Writes the rows that wait.
    ///
    /// - Throws: `HostError` `.locked` if a row is missing; the database's error.
    func flush(into database: any SQLConnection) throws { try database.write(writes()) }

    /// The rows that wait, which these notes forget.
    func writes() -> [SQLRowWrite] {
        defer { (inserted, updated, balances) = ([], [:], [:]) }
        // Always in the same order, so that two processes do not wait for each other.
        let changed = updated.values.flatMap(\.values).sorted { ($0.eid, $0.htxn) < ($1.eid, $1.htxn) }
        let proven = balances.sorted { $0.key < $1.key }
        return CreditTransaction.insertions(of: inserted) + [
            CreditTransaction.changes(of: changed), SQLRowWrite(Self.balanceRow, proven.map(\.value)),
        ]
    }

    // MARK: Forgetting

    /// Forgets what was read of an element.
    package func forget(_ eid: PartyID) {
        statuses[eid] = nil
        purses[eid] = nil
        transactions[eid] = nil
    }

    /// Forgets everything: what was noted may have been undone.
    public func clear() {
        (statuses, purses, transactions) = ([:], [:], [:])
        (inserted, updated, balances) = ([], [:], [:])
    }
}
