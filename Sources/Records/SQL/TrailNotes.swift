package import ValueProtocol

/// What a transaction knows of the audit trail, and the entries that it has not written yet: they are written together,
/// before it reads the trail and before its commit.
///
/// A connection has new ones for each transaction.
public final class TrailNotes {
    /// The newest entry of the writer's chain; nil before it was read.
    package var last: (number: Int64, hash: [UInt8])?
    /// The number of each element's newest entry, as far as it was read.
    package var sequences: [PartyID: Int64] = [:]
    private var entries: [[SQLValue]] = []

    public init() {}

    /// Adds an entry's row.
    package func add(_ entry: [SQLValue]) { entries.append(entry) }

    private static let insertion = SQLRowStatement(columnCount: 11) {
        """
        INSERT INTO audit_event (writer, number, time, shard, eid, sequence, form, kind, subject, content, hash) VALUES \($0)
        """
    }

    /// Writes the entries that wait.
    ///
    /// - Throws: the database's error.
    public func flush(into database: any SQLConnection) throws { try database.write(writes()) }

    /// The entries that wait, which these notes forget.
    func writes() -> [SQLRowWrite] {
        defer { entries = [] }
        return [SQLRowWrite(Self.insertion, entries)]
    }

    /// Forgets everything: what was noted may have been undone.
    public func clear() {
        last = nil
        sequences = [:]
        entries = []
    }
}
