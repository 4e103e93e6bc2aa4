public import ValueProtocol

extension SQLRecords {
    public func element(_ eid: PartyID) throws(HostError) -> ElementRecord? {
        try read { try element(eid, in: $0) }
    }

    public func elements() throws(HostError) -> [ElementRecord] {
        try read { database in
            try database.query("SELECT * FROM element ORDER BY eid").map { try element(from: $0, in: database) }
        }
    }

    public func setStatus(
        _ status: ElementStatus, of eid: PartyID, because reason: String? = nil, at time: Timestamp
    ) throws(HostError) {
        try write { database in
            try own(eid, in: database)
            if case .replaced = status { throw HostError(.wrongStatus, "\(eid)") }
            if case .replaced = try self.status(of: eid, in: database) { throw HostError(.wrongStatus, "\(eid)") }
            try set(status, because: reason, of: eid, at: time, in: database)
        }
    }

    func set(
        _ status: ElementStatus, because reason: String? = nil, of eid: PartyID, at time: Timestamp,
        in database: any SQLConnection
    ) throws {
        try database.execute(
            "UPDATE element SET standing = ?, replacement = ? WHERE shard = ? AND eid = ?", status.code.rawValue,
            status.replacement, Shard(of: eid), eid)
        database.elements.forget(eid)
        try trail.append(.elementStatus(status, reason: reason), of: eid, at: time, to: database)
    }

    func status(of eid: PartyID, in database: any SQLConnection) throws -> ElementStatus {
        let row = try database.query(
            "SELECT standing, replacement FROM element WHERE shard = ? AND eid = ?", Shard(of: eid), eid
        ).first
        return try row.map { try ElementStatus($0) } ?? .inUse
    }

    private func element(_ eid: PartyID, in database: any SQLConnection) throws -> ElementRecord? {
        try database.query("SELECT * FROM element WHERE shard = ? AND eid = ?", Shard(of: eid), eid).first.map {
            try element(from: $0, in: database)
        }
    }

    private func element(from row: SQLRow, in database: any SQLConnection) throws -> ElementRecord {
        let eid = try row.party("eid")
        let keys = try database.query(
            "SELECT * FROM key_version WHERE shard = ? AND eid = ? ORDER BY purpose", Shard(of: eid), eid
        ).map { KeyName(try $0.code("purpose"), try $0.unsigned("version")) }
        return ElementRecord(
            eid: eid, lastNT: row.isNull("nt") ? nil : try row.unsigned("nt"),
            wasIssued: try row.integer("issued") == 1, status: try ElementStatus(row), keys: keys)
    }
}

extension ElementStatus {
    /// From an element's row.
    init(_ row: SQLRow) throws(HostError) {
        let replacement = row.isNull("replacement") ? nil : try row.party("replacement")
        guard let status = ElementStatus(try row.code("standing"), replacement: replacement) else {
            throw row.damaged("standing")
        }
        self = status
    }
}
