import Ledger
import ValueProtocol

/// The ledger's state inside a transaction: its rows are read when they are asked for, and their marks are checked.
///
/// A state asks without throwing. What could not be read is thrown once the state is no longer needed.
final class LedgerRows {
    let trail: AuditTrail
    let path: String
    private var database: (any SQLConnection)?
    private var failure: (any Error)?
    private var versions: [RowName: Int64] = [:]
    private var balances: [AccountInCurrency: (balance: Int128, pending: Int128)] = [:]
    var loadedParties: Set<PartyID> = []
    var loadedPurses: Set<PartyID> = []
    var loadedDifferences: Set<PartyID> = []
    /// Whether the seller's accounts were read.
    var hasSeller = false
    var openTransfers: [TransferID: Shard] = [:]

    private struct RowName: Hashable {
        let table: String
        let key: [SQLValue]
    }

    private var balanceSource: TableSource<AccountInCurrency, Int128>?
    var elementSource: TableSource<PartyID, ElementState>?
    var transferSource: TableSource<TransferID, Transfer>?
    private var purseSource: TableSource<PurseID, PurseState>?
    private var subjectSource: TableSource<BookDifference.Subject, DifferenceID>?
    private var differenceSource: TableSource<DifferenceID, DifferenceState>?

    init(_ trail: AuditTrail, path: String) {
        self.trail = trail
        self.path = path
    }

    /// What `body` returns, which may ask for rows.
    ///
    /// - Throws: what `body` throws; or what kept a row from being read, whatever was made without it.
    func read<Value>(in database: any SQLConnection, _ body: () throws -> Value) throws -> Value {
        self.database = database
        defer {
            self.database = nil
            failure = nil
        }
        let result = Result { try body() }
        if let failure { throw failure }
        return try result.get()
    }

    /// The version of a row; 0 if there is none.
    func version(of table: LedgerTable, _ key: [SQLValue]) -> Int64 {
        versions[RowName(table: table.name, key: key)] ?? 0
    }

    /// A state whose tables are these rows; it lacks the numbers of the writer.
    func state() -> LedgerState {
        var state = LedgerState()
        let balances = TableSource { [unowned self] in row(of: $0)?.balance }
        let purses = TableSource { [unowned self] in purse($0) }
        let subjects = TableSource { [unowned self] in difference(of: $0)?.difference.id }
        let differences = TableSource { [unowned self] in difference($0) }
        let elements = TableSource { [unowned self] in element($0) }
        let transfers = TableSource { [unowned self] in transfer($0) }
        (balanceSource, purseSource, subjectSource, differenceSource) = (balances, purses, subjects, differences)
        (elementSource, transferSource) = (elements, transfers)
        state.balances = Table(balances)
        state.pending = Table(TableSource { [unowned self] in row(of: $0)?.pending })
        state.transfers = Table(transfers)
        state.keys = Table(TableSource { [unowned self] in order($0) })
        state.elements = Table(elements)
        state.purses = Table(purses)
        state.pairs = Table(TableSource { [unowned self] in pair($0) })
        state.leftDebits = Table(TableSource { [unowned self] in left($0) })
        state.differences = Table(differences)
        state.subjects = Table(subjects)
        return state
    }

    /// The numbers of one writer begin above those of the one before.
    static func firstNumber(of writer: UInt32) -> UInt64 { UInt64(writer) << 40 }

    // MARK: Rows

    /// The rows of a table that meet a condition, each with the mark that it must have.
    ///
    /// - Parameter index: which finds them; nil if the table's key does.
    private func rows(
        _ table: LedgerTable, by index: String? = nil, _ condition: String, _ arguments: any SQLArgument...
    ) -> [SQLRow] {
        guard let database, failure == nil else { return [] }
        return attempt {
            let selection = table.selection + (index.map { database.indexed(by: $0) } ?? "")
            let sql = "\(selection) WHERE \(condition)\(database.rowLock(of: table.name))"
            let rows = try database.query(sql, arguments.map(\.sqlValue))
            try check(rows, of: table)
            return rows
        } ?? []
    }

    /// Checks the marks of rows, and notes their versions.
    func check(_ rows: [SQLRow], of table: LedgerTable) throws {
        for row in rows {
            try table.check(row, trail, path)
            let key = Array(row.values.prefix(table.key.count))
            versions[RowName(table: table.name, key: key)] = try row.integer("version")
        }
    }

    @discardableResult
    func attempt<Value>(_ body: () throws -> Value) -> Value? {
        do {
            return try body()
        } catch {
            if failure == nil { failure = error }
            return nil
        }
    }

    /// What a row decodes to; a row that does not is damage.
    private func decoded<Value>(_ row: SQLRow, _ column: String, _ value: Value?) throws -> Value {
        guard let value else { throw row.damaged(column) }
        return value
    }

    /// The last numbers of the writer.
    func counts(in database: any SQLConnection) throws -> LedgerCounts {
        try read(in: database) {
            try counts(rows(.count, "shard = ? AND writer = ?", Shard(of: trail.writer), trail.writer))
        }
    }

    func counts(_ rows: [SQLRow]) throws -> LedgerCounts {
        let first = Self.firstNumber(of: trail.writer)
        guard let row = rows.first else {
            return LedgerCounts(facts: first, transfers: first, receipts: first, differences: first)
        }
        return LedgerCounts(
            facts: try row.unsigned("facts"), transfers: try row.unsigned("transfers"),
            receipts: try row.unsigned("receipts"), differences: try row.unsigned("differences"))
    }

    /// All accounts of an element are read at once.
    private func row(of key: AccountInCurrency) -> (balance: Int128, pending: Int128)? {
        let place = LedgerPlace(of: key.account, writer: trail.writer)
        if let party = place.party {
            guard loadedParties.insert(party).inserted else { return balances[key] }
            note(
                rows(
                    .balance, by: LedgerTable.balance.elementIndex, "shard = ? AND party = ?", place.shard, party))
        } else if balances[key] == nil, !(hasSeller && key.account == .seller) {
            note(
                rows(
                    .balance, "shard = ? AND account = ? AND currency = ? AND part = ?", place.shard,
                    key.account.description, key.currency, place.part))
        }
        return balances[key]
    }

    func note(_ rows: [SQLRow]) {
        for row in rows {
            attempt {
                let account = try decoded(row, "account", Account(try row.text("account")))
                let key = AccountInCurrency(account, try row.currency("currency"))
                let (balance, pending) = (try row.integer("balance"), try row.integer("pending"))
                balances[key] = (Int128(balance), Int128(pending))
                balanceSource?.learn(Int128(balance), of: key)
            }
        }
    }

    private func element(_ eid: PartyID) -> ElementState? {
        rows(.element, "shard = ? AND eid = ?", Shard(of: eid), eid).first.flatMap { element($0, eid) }
    }

    func element(_ row: SQLRow, _ eid: PartyID) -> ElementState? {
        attempt {
            let state = try decoded(row, "content", ElementState(bytes: try row.bytes("content")))
            if let open = state.open { openTransfers[open] = Shard(of: eid) }
            return state
        }
    }

    /// All purses of an element are read at once.
    private func purse(_ id: PurseID) -> PurseState? {
        guard loadedPurses.insert(id.element).inserted else { return nil }
        let purses = rows(.purse, "shard = ? AND eid = ?", Shard(of: id.element), id.element).compactMap { purse($0) }
        return purses.first { $0.terms.purse == id }
    }

    func purse(_ row: SQLRow) -> PurseState? {
        attempt {
            let id = PurseID(try row.party("eid"), try row.service("service"))
            var state = PurseState(
                terms: PurseTerms(id, currency: try row.currency("currency"), limit: try row.amount("most")))
            state.proven = row.isNull("proven") ? nil : Int128(try row.integer("proven"))
            state.setAside = Int128(try row.integer("set_aside"))
            purseSource?.learn(state, of: id)
            return state
        }
    }

    private func pair(_ id: CardAtMeter) -> PairState? {
        rows(.pair, "shard = ? AND meter = ? AND card = ?", Shard(of: id.meter), id.meter, id.card).first.flatMap {
            row in
            attempt {
                var state = PairState(currency: try row.currency("currency"))
                state.drawn = Int128(try row.integer("drawn"))
                state.credited = Int128(try row.integer("credited"))
                state.shown = Int128(try row.integer("shown"))
                state.left = Int128(try row.integer("left_behind"))
                state.untold = Int128(try row.integer("untold"))
                state.creditedNT = try row.unsigned("nt")
                return state
            }
        }
    }

    private func left(_ id: LeftDebitID) -> LeftState? {
        rows(
            .left, "shard = ? AND meter = ? AND card = ? AND nt = ?", Shard(of: id.meter), id.meter, id.card, id.nt
        ).first.flatMap { row in
            attempt {
                var state = LeftState(currency: try row.currency("currency"), amount: try row.amount("amount"))
                state.isProven = try row.integer("proven") == 1
                state.shown = try decoded(row, "shown", LeftState.shown(bytes: try row.bytes("shown")))
                return state
            }
        }
    }

    // MARK: Differences

    /// All subjects of an element are read at once.
    private func difference(of subject: BookDifference.Subject) -> DifferenceState? {
        guard loadedDifferences.insert(subject.element).inserted else { return nil }
        var found: DifferenceState?
        let index = LedgerTable.difference.elementIndex
        for row in rows(.difference, by: index, "shard = ? AND eid = ?", Shard(of: subject.element), subject.element) {
            guard let state = learn(row) else { continue }
            if state.difference.subject == subject { found = state }
        }
        return found
    }

    private func difference(_ id: DifferenceID) -> DifferenceState? {
        rows(.difference, "number = ?", id.rawValue).first.flatMap { learn($0) }
    }

    func learn(_ row: SQLRow) -> DifferenceState? {
        attempt {
            let state = try DifferenceState(row)
            differenceSource?.learn(state, of: state.difference.id)
            subjectSource?.learn(state.difference.id, of: state.difference.subject)
            return state
        }
    }

    // MARK: Facts

    private func order(_ key: IdempotencyKey) -> AcceptedOrder? {
        guard let database, failure == nil else { return nil }
        return attempt {
            let rows = try database.query(
                "SELECT * FROM ledger_fact WHERE shard = ? AND order_key = ? AND kind = 1", Shard(of: key), key.rawValue
            )
            return try rows.first.flatMap { row in
                guard case .ordered(let request) = try LedgerFact(row, trail, path).change else { return nil }
                return AcceptedOrder(request: request.content)
            }
        } ?? nil
    }

    private func transfer(_ id: TransferID) -> Transfer? {
        guard let database, failure == nil else { return nil }
        return attempt {
            let shard = openTransfers[id]
            let place = shard.map { [$0.sqlValue] } ?? []
            let rows = try database.query(
                "SELECT * FROM ledger_fact WHERE \(shard == nil ? "" : "shard = ? AND ")transfer = ? ORDER BY step",
                place + [id.rawValue.sqlValue])
            return Transfer(try rows.map { try LedgerFact($0, trail, path) })
        } ?? nil
    }
}

extension DifferenceState {
    init(_ row: SQLRow) throws(HostError) {
        guard let subject = BookDifference.Subject(bytes: try row.bytes("subject")) else {
            throw row.damaged("subject")
        }
        self.init(
            difference: BookDifference(
                id: DifferenceID(rawValue: try row.unsigned("number")), kind: try row.code("kind"), subject: subject,
                currency: try row.currency("currency"), amount: Int128(try row.integer("amount")),
                since: try row.time("since")))
        guard !row.isNull("content") else { return }
        guard let end = DifferenceEnd(bytes: try row.bytes("content")) else { throw row.damaged("content") }
        self.end = end
    }
}
