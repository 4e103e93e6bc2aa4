public import ValueProtocol

extension SQLRecords {
    public func auditMark() throws(HostError) -> AuditMark? {
        try read { database in
            try trail.last(in: database).map { AuditMark(writer: trail.writer, number: $0.number, hash: $0.hash) }
        }
    }

    public func contains(_ mark: AuditMark) throws(HostError) -> Bool {
        try read { database in
            try database.notes.flush(into: database)
            var found = try database.query(
                "SELECT number, hash FROM audit_event WHERE writer = ? AND number = ?", mark.writer, mark.number)
            if found.isEmpty, mark.writer == 0 {
                found = try database.query("SELECT number, hash FROM audit WHERE number = ?", mark.number)
            }
            return try found.contains { row in
                AuditMark(writer: mark.writer, number: mark.number, hash: try row.bytes("hash")) == mark
            }
        }
    }

    public func auditTrail(of eid: PartyID? = nil) throws(HostError) -> [AuditEntry] {
        try read { database in
            try database.notes.flush(into: database)
            guard let eid else {
                return try database.query("SELECT * FROM audit ORDER BY number").map { try AuditEntry(sentence: $0) }
                    + database.query("SELECT * FROM audit_event ORDER BY writer, number").map {
                        try AuditEntry(event: $0)
                    }
            }
            return try database.query("SELECT * FROM audit WHERE eid = ? ORDER BY number", eid).map {
                try AuditEntry(sentence: $0)
            }
                + database.query(
                    "SELECT * FROM audit_event WHERE shard = ? AND eid = ? ORDER BY sequence", Shard(of: eid), eid
                ).map { try AuditEntry(event: $0) }
        }
    }

    /// The entries on `subject`, oldest first; sentences of old records are not among them.
    func entries(
        on subject: AuditSubject, of eid: PartyID, in database: any SQLConnection
    ) throws -> [AuditEntry] {
        try database.notes.flush(into: database)
        return try database.query(
            """
            SELECT * FROM audit_event WHERE shard = ? AND eid = ? AND kind = ? AND subject = ? ORDER BY sequence
            """, Shard(of: eid), eid, subject.kind.rawValue, subject.number
        ).map { try AuditEntry(event: $0) }
    }

    /// The newest entry on `subject`, either an event or an old sentence; nil if there is none.
    func lastEntry(
        _ subject: AuditSubject, of eid: PartyID, in database: any SQLConnection
    ) throws -> AuditEntry? {
        try database.notes.flush(into: database)
        let event = try database.query(
            """
            SELECT * FROM audit_event WHERE shard = ? AND eid = ? AND kind = ? AND subject = ?
            ORDER BY sequence DESC LIMIT 1
            """, Shard(of: eid), eid, subject.kind.rawValue, subject.number
        ).first
        if let event { return try AuditEntry(event: event) }
        guard let text = LegacyAuditText.subject(subject) else { return nil }
        return try database.query(
            "SELECT * FROM audit WHERE eid = ? AND subject = ? ORDER BY number DESC LIMIT 1", eid, text
        ).first.map { try AuditEntry(sentence: $0) }
    }
}

extension AuditEntry {
    /// From a row of `audit_event`.
    init(event row: SQLRow) throws(HostError) {
        let eid = try row.party("eid")
        guard let event = AuditEvent(decoding: try row.bytes("content"), of: eid) else { throw row.damaged("content") }
        self.init(
            mark: AuditMark(
                writer: try row.unsigned("writer"), number: try row.integer("number"), hash: try row.bytes("hash")),
            time: try row.time("time"), eid: eid, content: .event(event))
    }

    /// From a row of `audit`.
    init(sentence row: SQLRow) throws(HostError) {
        self.init(
            mark: AuditMark(writer: 0, number: try row.integer("number"), hash: try row.bytes("hash")),
            time: try row.time("time"), eid: try row.party("eid"),
            content: .sentence(subject: try row.text("subject"), text: try row.text("text")))
    }
}
