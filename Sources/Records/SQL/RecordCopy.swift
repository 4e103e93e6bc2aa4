/// The rows of all tables, copied from one database to another.
extension SQLRecords {
    /// Copies everything into records that are empty: one state of these, while others go on with them.
    ///
    /// Of a database that several processes write, the chains of all writers are copied. The copy is to be opened anew
    /// before anything is added to it.
    ///
    /// - Parameter copy: new, opened with the same audit key.
    /// - Throws: `HostError` `.fileExists` if the copy is not empty.
    public func copyAll(into copy: any SQLRecords) throws(HostError) {
        try read { try copyAll(from: $0, into: copy) }
    }

    /// Moves everything into records that are empty; nothing can be added to these any more, by nobody who has them open.
    ///
    /// It can be repeated until it has returned.
    ///
    /// - Parameter other: new, opened with the same audit key; to be opened anew before anything is added to it.
    /// - Throws: `HostError` `.fileExists` if they are not empty.
    public func moveAll(into other: any SQLRecords) throws(HostError) {
        try write { source in
            if try source.isMoved, let last = try trail.last(in: source) {
                let mark = AuditMark(writer: trail.writer, number: last.number, hash: last.hash)
                if try other.contains(mark) { return }
            }
            try copyAll(from: source, into: other)
            if try !source.isMoved { try source.markMoved() }
        }
    }

    private func copyAll(from source: any SQLConnection, into copy: any SQLRecords) throws {
        try source.flushNotes()
        try copy.write { target in
            guard try target.query("SELECT eid FROM element LIMIT 1").isEmpty,
                try target.query("SELECT number FROM audit_event LIMIT 1").isEmpty
            else { throw HostError(.fileExists, copy.path) }
            try target.prepareForCopy()
            // The copy's own chain, which has no entries, makes way for those of the source.
            try target.execute("DELETE FROM audit_writer")
            try target.execute("DELETE FROM ledger_count")
            for table in RecordTable.all {
                let marks = table.columns.map { _ in "?" }.joined(separator: ", ")
                let names = table.columns.joined(separator: ", ")
                let insertion = "INSERT INTO \(table.name) (\(names)) VALUES (\(marks))"
                try source.forEachRow(of: "SELECT \(names) FROM \(table.name)", []) { row in
                    try target.execute(insertion, row.values)
                }
            }
            try target.finishCopy()
        }
    }
}

/// A table that every database has, in an order in which each row comes after those that it refers to.
private struct RecordTable {
    let name: String
    let columns: [String]

    init(_ name: String, _ columns: String) {
        self.name = name
        self.columns = columns.split(separator: " ").map(String.init)
    }

    static let all =
        [
            RecordTable("element", "shard eid nt issued standing replacement"),
            RecordTable("key_version", "shard eid purpose version"),
            RecordTable("purse", "shard eid service currency most meter version"),
            RecordTable("balance", "shard eid service amount time"),
            RecordTable(
                "credit_transaction",
                "shard eid htxn operation service currency amount time reference state refusal balance settled"),
            RecordTable("tariff_order", "shard eid htxn effective tariff"),
            RecordTable("carry_over", "shard origin service target currency amount"),
            RecordTable("meter_status", "shard card service meter nt time status received"),
            RecordTable("meter_event", "shard eid time code value nth position received"),
            RecordTable("meter_clock", "shard eid number time clock target"),
            RecordTable("use_mark", "shard eid clock"),
            RecordTable("usage_page", "shard eid series day content received"),
            RecordTable("audit_writer", "writer hash keyed check_value"),
            RecordTable(
                "ledger_fact",
                "shard number time order_key kind transfer step receipt currency amount source target doubt element htxn "
                    + "content mark"),
            RecordTable("ledger_entry", "shard fact position account currency amount"),
        ] + LedgerTable.all.map { RecordTable($0.name, $0.columns.replacing(",", with: "")) } + [
            RecordTable("audit", "number time eid subject text hash"),
            RecordTable("audit_root", "number time previous heads signature"),
            RecordTable("audit_event", "writer number time shard eid sequence form kind subject content hash"),
        ]
}
