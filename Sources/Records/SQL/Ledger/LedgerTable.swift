internal import ValueProtocol

/// A table of the ledger whose rows are replaced, each with its version and its mark.
struct LedgerTable: Sendable {
    let name: String
    /// The columns of the key, and those of the content.
    let key: [String]
    let content: [String]
    /// The index that finds the rows of an element; nil if the key does.
    let elementIndex: String?
    /// All columns, in the order in which a mark covers them; the mark itself is the last.
    let columns: String
    /// A SELECT of them.
    let selection: String
    /// What inserts rows, or replaces those of the version before.
    let replacement: SQLRowStatement

    private init(_ name: String, key: String, _ content: String, elementIndex: String? = nil) {
        self.name = name
        self.elementIndex = elementIndex
        self.key = key.split(separator: " ").map(String.init)
        self.content = content.split(separator: " ").map(String.init)
        let names = self.key + self.content + ["version", "mark"]
        let columns = names.joined(separator: ", ")
        self.columns = columns
        selection = "SELECT \(columns) FROM \(name)"
        let target = self.key.joined(separator: ", ")
        let changes = names.dropFirst(self.key.count).map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        replacement = SQLRowStatement(columnCount: names.count) { rows in
            """
            INSERT INTO \(name) (\(columns)) VALUES \(rows) ON CONFLICT (\(target))
            DO UPDATE SET \(changes) WHERE \(name).version = excluded.version - 1
            """
        }
    }

    static let balance = LedgerTable(
        "ledger_balance", key: "shard account currency part", "kind party balance pending",
        elementIndex: "ledger_balance_by_party")
    static let element = LedgerTable("ledger_element", key: "shard eid", "open_transfer highest content")
    static let purse = LedgerTable("ledger_purse", key: "shard eid service", "account currency most proven set_aside")
    static let pair = LedgerTable(
        "ledger_pair", key: "shard meter card", "doubt currency drawn credited shown left_behind untold nt")
    static let left = LedgerTable("ledger_left", key: "shard meter card nt", "currency amount proven shown")
    static let difference = LedgerTable(
        "ledger_difference", key: "shard subject",
        "number subject_kind eid service card kind currency amount since content",
        elementIndex: "ledger_difference_by_element")
    static let count = LedgerTable("ledger_count", key: "shard writer", "facts transfers receipts differences")

    static let all = [balance, element, purse, pair, left, difference, count]

    /// The values of a row in the order of the columns.
    func values(_ row: LedgerRow, version: Int64, _ trail: AuditTrail) -> [SQLValue] {
        var values = row.key
        values.reserveCapacity(key.count + content.count + 2)
        values.append(contentsOf: row.content)
        values.append(.integer(version))
        values.append(.blob(mark(of: values, trail)))
        return values
    }

    /// The mark of a row with these values, all but the mark.
    func mark(of values: some Sequence<SQLValue>, _ trail: AuditTrail) -> [UInt8] {
        trail.rowMark(of: name, values)
    }
}

extension AuditTrail {
    /// What shows that a row of `table` was written by a holder of the audit key: the first 16 bytes of a hash under it.
    /// Each value is `00`, `01 ‖ i64`, or `02` for a text and `03` for bytes, then `length u32 ‖ bytes`.
    package func rowMark(of table: String, _ values: some Sequence<SQLValue>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(384)
        bytes.append(contentsOf: "row of ".utf8)
        bytes.append(contentsOf: table.utf8)
        for value in values {
            switch value {
            case .null: bytes.append(0)
            case .integer(let integer):
                bytes.append(1)
                bytes.append(bigEndian: integer)
            case .text(let text):
                bytes.append(2)
                bytes.append(text: text)
            case .blob(let content):
                bytes.append(3)
                bytes.append(bigEndian: UInt32(content.count))
                bytes.append(contentsOf: content)
            }
        }
        return mark(bytes)
    }
}
