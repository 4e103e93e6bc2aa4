package import ValueProtocol

/// Records in an SQL database: all reading, deciding and writing, over whatever opens its transactions.
///
/// A database gives `read`, `write` and `trail`, and gets the calls of `RecordAccess`.
public protocol SQLRecords: RecordAccess {
    /// The database, for messages.
    var path: String { get }
    /// The trail that changes are added to.
    var trail: AuditTrail { get }

    /// Reads one state of the records.
    ///
    /// - Throws: what `body` throws, with an error of the database as a `HostError`.
    func read<Value>(_ body: (any SQLConnection) throws -> Value) throws(HostError) -> Value

    /// One commit: everything that `body` writes, or nothing if it throws.
    ///
    /// - Throws: what `body` throws, with an error of the database as a `HostError`.
    func write<Value>(_ body: (any SQLConnection) throws -> Value) throws(HostError) -> Value
}

extension Shard: SQLArgument {
    package var sqlValue: SQLValue { .integer(Int64(rawValue)) }
}

extension PartyID: SQLArgument {
    package var sqlValue: SQLValue { .text("\(self)") }
}

extension Timestamp: SQLArgument {
    package var sqlValue: SQLValue { rawValue.sqlValue }
}

extension Amount: SQLArgument {
    package var sqlValue: SQLValue { rawValue.sqlValue }
}

extension UtilityService: SQLArgument {
    package var sqlValue: SQLValue { rawValue.sqlValue }
}

extension Currency: SQLArgument {
    package var sqlValue: SQLValue { rawValue.sqlValue }
}

extension HostTransaction: SQLArgument {
    package var sqlValue: SQLValue { rawValue.sqlValue }
}

extension SQLRecords {
    /// Ensures that the element has a row, to which other rows refer, and that nobody else changes anything of the element
    /// before this transaction ends.
    ///
    /// - Returns: its status.
    @discardableResult
    package func own(_ eid: PartyID, in database: any SQLConnection) throws -> ElementStatus {
        try database.touch(Shard(of: eid))
        if let status = database.elements.statuses[eid] { return status }
        let lock = """
            SELECT standing, replacement FROM element WHERE shard = ? AND eid = ?\(database.rowLock(of: "element"))
            """
        if let row = try database.query(lock, Shard(of: eid), eid).first { return try ElementStatus(row) }
        try database.execute(
            "INSERT INTO element (shard, eid) VALUES (?, ?) ON CONFLICT DO NOTHING", Shard(of: eid), eid)
        guard let row = try database.query(lock, Shard(of: eid), eid).first else { return .inUse }
        return try ElementStatus(row)
    }
}
