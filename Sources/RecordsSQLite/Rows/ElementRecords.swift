internal import GRDB
public import Records
public import ValueProtocol

extension RecordFile {
    public func element(_ eid: PartyID) throws(HostError) -> ElementRecord? {
        try read { try element(eid, in: $0) }
    }

    public func elements() throws(HostError) -> [ElementRecord] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM element ORDER BY eid").map {
                try element(from: RecordRow(row: $0, path: path), in: database)
            }
        }
    }

    public func setStatus(
        _ status: ElementStatus, of eid: PartyID, because reason: String? = nil, at time: Timestamp
    ) throws(HostError) {
        try write { database in
            try ensureElement(eid, in: database)
            if case .replaced = status { throw HostError(.wrongStatus, "\(eid)") }
            if case .replaced = try self.status(of: eid, in: database) { throw HostError(.wrongStatus, "\(eid)") }
            try set(status, because: reason, of: eid, at: time, in: database)
        }
    }

    func set(
        _ status: ElementStatus, because reason: String? = nil, of eid: PartyID, at time: Timestamp,
        in database: Database
    ) throws {
        try database.execute(
            sql: "UPDATE element SET standing = ?, replacement = ? WHERE eid = ?",
            arguments: [status.code.rawValue, status.replacement.map { "\($0)" }, "\(eid)"])
        try trail.append(.elementStatus(status, reason: reason), of: eid, at: time, to: database)
    }

    func status(of eid: PartyID, in database: Database) throws -> ElementStatus {
        try element(eid, in: database)?.status ?? .inUse
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
            return KeyName(try row.code("purpose"), try row.unsigned("version"))
        }
        return ElementRecord(
            eid: eid, lastNT: row.isNull("nt") ? nil : try row.unsigned("nt"),
            wasIssued: try row.integer("issued") == 1, status: try status(from: row), keys: keys)
    }

    private func status(from row: RecordRow) throws -> ElementStatus {
        let replacement = row.isNull("replacement") ? nil : try row.party("replacement")
        guard let status = ElementStatus(try row.code("standing"), replacement: replacement) else {
            throw row.damaged("standing")
        }
        return status
    }
}
