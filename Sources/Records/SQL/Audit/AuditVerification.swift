internal import ValueProtocol

extension SQLRecords {
    @discardableResult
    public func verify(against marks: [AuditMark] = []) throws(HostError) -> Int {
        try read { database in
            if let fault = try database.structureFault() {
                throw HostError(.corrupt, path, cause: DatabaseFailure(fault))
            }
            try database.notes.flush(into: database)
            var missing = Set(marks)
            var count = 0
            for row in try database.query("SELECT * FROM audit_writer ORDER BY writer") {
                var chain = ChainCheck(trail: try trail.other(row, path: path), path: path, missing: missing)
                if chain.trail.writer == 0 { try chain.checkSentences(in: database) }
                try chain.checkEvents(in: database)
                missing = chain.missing
                count += Int(chain.number)
            }
            if let lost = missing.min(by: { ($0.writer, $0.number) < ($1.writer, $1.number) }) {
                throw HostError(.auditBroken, "\(path), noted mark \(lost)")
            }
            let stray = try database.query(
                "SELECT count(*) AS count FROM audit_event WHERE writer NOT IN (SELECT writer FROM audit_writer)")
            guard try stray.first?.integer("count") == 0 else {
                throw HostError(.auditBroken, "\(path), entries of no writer")
            }
            try verifyRecords(in: database)
            try verifyLedger(in: database)
            return count
        }
    }
}

/// Verifies one writer's hash chain from its origin: first the old sentences, then the events.
private struct ChainCheck {
    let trail: AuditTrail
    let path: String
    /// The noted marks not found yet.
    private(set) var missing: Set<AuditMark>
    /// Of the last entry checked.
    private(set) var number: Int64 = 0
    private var before: [UInt8]

    init(trail: AuditTrail, path: String, missing: Set<AuditMark>) {
        self.trail = trail
        self.path = path
        self.missing = missing
        before = trail.origin
    }

    mutating func checkSentences(in database: any SQLConnection) throws {
        try database.forEachRow(of: "SELECT * FROM audit ORDER BY number", []) { row in
            try step(to: row) { (trail, before, number, time) in
                trail.sentenceHash(
                    before: before, number, time, try row.text("eid"), try row.text("subject"), try row.text("text"))
            }
        }
    }

    mutating func checkEvents(in database: any SQLConnection) throws {
        let events = "SELECT * FROM audit_event WHERE writer = ? ORDER BY number"
        try database.forEachRow(of: events, [trail.writer.sqlValue]) { row in
            let (eid, content) = (try row.party("eid"), try row.bytes("content"))
            let (form, sequence) = (try row.code("form", AuditTrail.Form.self), try row.integer("sequence"))
            try step(to: row) { (trail, before, number, time) in
                trail.hash(form, before: before, number, time, eid, sequence, content)
            }
            // The columns used for lookup are not hashed: they must agree with the content.
            guard let event = AuditEvent(decoding: content, of: eid), try row.text("eid") == "\(eid)",
                try row.integer("shard") == Int64(Shard(of: eid).rawValue),
                try row.integer("kind") == Int64(event.kind.rawValue),
                try row.integer("subject") == event.subject.number.stored, form == .sequenced || sequence == number
            else { throw HostError(.auditBroken, "\(path), entry \(number)") }
        }
    }

    private mutating func step(
        to row: SQLRow, _ expected: (AuditTrail, _ before: [UInt8], _ number: Int64, Timestamp) throws -> [UInt8]
    ) throws {
        number += 1
        let hash = try row.bytes("hash")
        guard try row.integer("number") == number, hash == (try expected(trail, before, number, row.time("time")))
        else { throw HostError(.auditBroken, "\(path), entry \(number)") }
        missing.remove(AuditMark(writer: trail.writer, number: number, hash: hash))
        before = hash
    }
}
