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

    /// Adds an entry's row, with the columns of ``columns``.
    package func add(_ entry: [SQLValue]) { entries.append(entry) }

    package static let columns = "writer, number, time, shard, eid, sequence, form, kind, subject, content, hash"

    /// Entries that are written by one statement: few different ones are prepared.
    private static let sizes = [64, 8, 1]

    /// Writes the entries that wait.
    ///
    /// - Throws: the database's error.
    public func flush(into database: any SQLConnection) throws {
        var rest = entries[...]
        entries = []
        for size in Self.sizes {
            let row = "(" + Array(repeating: "?", count: 11).joined(separator: ", ") + ")"
            let rows = Array(repeating: row, count: size).joined(separator: ", ")
            while rest.count >= size {
                try database.execute(
                    "INSERT INTO audit_event (\(Self.columns)) VALUES \(rows)", rest.prefix(size).flatMap(\.self))
                rest.removeFirst(size)
            }
        }
    }

    /// Forgets everything: what was noted may have been undone.
    public func clear() {
        last = nil
        sequences = [:]
        entries = []
    }
}
