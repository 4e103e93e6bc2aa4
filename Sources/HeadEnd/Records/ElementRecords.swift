internal import GRDB
public import ValueProtocol

extension RecordFile {
    /// What is known of `eid`; nil where it was never met.
    ///
    /// - Throws: `HostError` of the file.
    public func element(_ eid: PartyID) throws(HostError) -> ElementRecord? {
        try read { try element(eid, in: $0) }
    }

    /// All elements ever met, by identifier.
    ///
    /// - Throws: `HostError` of the file.
    public func elements() throws(HostError) -> [ElementRecord] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM element ORDER BY eid").map {
                try element(from: RecordRow(row: $0, path: path), in: database)
            }
        }
    }

    /// Sets how the host stands to an element: lost, blocked, or in use again.
    ///
    /// - Parameters:
    ///   - standing: what holds from now on.
    ///   - eid: the element.
    ///   - reason: why; it stands in the audit trail.
    ///   - time: when.
    /// - Throws: `HostError` `.wrongStanding` for an element that was replaced, and for `.replaced`, which
    ///   `replace(_:by:at:)` alone makes.
    public func setStanding(
        _ standing: ElementStatus, of eid: PartyID, because reason: String? = nil, at time: Timestamp
    ) throws(HostError) {
        try write { database in
            try meet(eid, in: database)
            if case .replaced = standing { throw HostError(.wrongStanding, "\(eid)") }
            if case .replaced = try self.standing(of: eid, in: database) { throw HostError(.wrongStanding, "\(eid)") }
            if let reason { try trail.append("reason", reason, of: eid, at: time, to: database) }
            try set(standing, of: eid, at: time, in: database)
        }
    }

    func set(_ standing: ElementStatus, of eid: PartyID, at time: Timestamp, in database: Database) throws {
        let (number, replacement): (Int, String?) =
            switch standing {
            case .inUse: (0, nil)
            case .lost: (1, nil)
            case .blocked: (2, nil)
            case .replaced(let other): (3, "\(other)")
            }
        try database.execute(
            sql: "UPDATE element SET standing = ?, replacement = ? WHERE eid = ?",
            arguments: [number, replacement, "\(eid)"])
        try trail.append("standing", "\(standing)", of: eid, at: time, to: database)
    }

    func standing(of eid: PartyID, in database: Database) throws -> ElementStatus {
        try element(eid, in: database)?.standing ?? .inUse
    }

    private func element(_ eid: PartyID, in database: Database) throws -> ElementRecord? {
        let row = try Row.fetchOne(database, sql: "SELECT * FROM element WHERE eid = ?", arguments: ["\(eid)"])
        return try row.map { try element(from: RecordRow(row: $0, path: path), in: database) }
    }

    private func element(from row: RecordRow, in database: Database) throws -> ElementRecord {
        let eid = try row.party("eid")
        let rows = try Row.fetchAll(
            database, sql: "SELECT * FROM key_version WHERE eid = ? ORDER BY purpose", arguments: ["\(eid)"])
        let keys = try rows.map { row in
            let row = RecordRow(row: row, path: path)
            guard let purpose = Purpose(rawValue: try row.unsigned("purpose")) else { throw row.damaged("purpose") }
            return KeyName(purpose, try row.unsigned("version"))
        }
        return ElementRecord(
            eid: eid, lastNT: row.isNull("nt") ? nil : try row.unsigned("nt"),
            wasIssued: try row.integer("issued") == 1, standing: try standing(from: row), keys: keys)
    }

    private func standing(from row: RecordRow) throws -> ElementStatus {
        switch try row.integer("standing") {
        case 0: .inUse
        case 1: .lost
        case 2: .blocked
        case 3: .replaced(by: try row.party("replacement"))
        default: throw row.damaged("standing")
        }
    }
}

extension RecordRow {
    func party(_ column: String) throws(HostError) -> PartyID {
        guard let party = PartyID(try text(column)) else { throw damaged(column) }
        return party
    }
}
