internal import GRDB
public import Records
public import ValueProtocol

extension RecordFile {
    public func auditMark() throws(HostError) -> AuditMark? {
        try read { try AuditTrail.last(in: $0).map { AuditMark(number: $0.number, hash: $0.hash) } }
    }

    public func auditTrail(of eid: PartyID? = nil) throws(HostError) -> [AuditEntry] {
        try read { database in
            let arguments: StatementArguments = eid.map { ["\($0)"] } ?? []
            let condition = eid == nil ? "1 = 1" : "eid = ?"
            let sentences = try Row.fetchAll(
                database, sql: "SELECT * FROM audit WHERE \(condition) ORDER BY number", arguments: arguments)
            let events = try Row.fetchAll(
                database, sql: "SELECT * FROM audit_event WHERE \(condition) ORDER BY number", arguments: arguments)
            return try sentences.map { try AuditEntry(sentence: RecordRow(row: $0, path: path)) }
                + events.map { try AuditEntry(event: RecordRow(row: $0, path: path)) }
        }
    }

    /// The newest entry on `subject`, either an event or an old sentence; nil if there is none.
    func lastEntry(_ subject: AuditSubject, of eid: PartyID, in database: Database) throws -> AuditEntry? {
        let event = try Row.fetchOne(
            database,
            sql: "SELECT * FROM audit_event WHERE eid = ? AND kind = ? AND subject = ? ORDER BY number DESC LIMIT 1",
            arguments: ["\(eid)", subject.kind.rawValue, subject.number.stored])
        if let event { return try AuditEntry(event: RecordRow(row: event, path: path)) }
        guard let text = LegacyAuditText.subject(subject) else { return nil }
        return try Row.fetchOne(
            database, sql: "SELECT * FROM audit WHERE eid = ? AND subject = ? ORDER BY number DESC LIMIT 1",
            arguments: ["\(eid)", text]
        ).map { try AuditEntry(sentence: RecordRow(row: $0, path: path)) }
    }
}

extension AuditEntry {
    /// From a row of `audit_event`.
    init(event row: RecordRow) throws(HostError) {
        let eid = try row.party("eid")
        guard let event = AuditEvent(decoding: try row.bytes("content"), of: eid) else { throw row.damaged("content") }
        self.init(
            mark: AuditMark(number: try row.integer("number"), hash: try row.bytes("hash")),
            time: Timestamp(rawValue: try row.unsigned("time")), eid: eid, content: .event(event))
    }

    /// From a row of `audit`.
    init(sentence row: RecordRow) throws(HostError) {
        self.init(
            mark: AuditMark(number: try row.integer("number"), hash: try row.bytes("hash")),
            time: Timestamp(rawValue: try row.unsigned("time")), eid: try row.party("eid"),
            content: .sentence(subject: try row.text("subject"), text: try row.text("text")))
    }
}
