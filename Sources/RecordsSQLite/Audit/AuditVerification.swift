internal import GRDB
public import Records
internal import ValueProtocol

extension RecordFile {
    @discardableResult
    public func verify(against marks: [AuditMark] = []) throws(HostError) -> Int {
        try read { database in
            let health = try String.fetchAll(database, sql: "PRAGMA integrity_check(1)")
            guard health == ["ok"] else {
                throw HostError(.corrupt, path, cause: DatabaseFailure(description: health.joined(separator: "; ")))
            }
            var chain = ChainCheck(trail: trail, path: path, marks: marks)
            try chain.checkSentences(in: database)
            try chain.checkEvents(in: database)
            if let lost = chain.missing.min(by: { $0.number < $1.number }) {
                throw HostError(.auditBroken, "\(path), noted mark \(lost)")
            }
            try verifyRecords(in: database)
            return Int(chain.number)
        }
    }
}

/// Verifies the hash chain from its origin: first the old sentences, then the events.
private struct ChainCheck {
    let trail: AuditTrail
    let path: String
    /// The noted marks not found yet.
    private(set) var missing: Set<AuditMark>
    /// Of the last entry checked.
    private(set) var number: Int64 = 0
    private var before: [UInt8]

    init(trail: AuditTrail, path: String, marks: [AuditMark]) {
        self.trail = trail
        self.path = path
        missing = Set(marks)
        before = trail.origin
    }

    mutating func checkSentences(in database: Database) throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT * FROM audit ORDER BY number")
        while let row = try rows.next() {
            let row = RecordRow(row: row, path: path)
            try step(to: row) { (trail, before, number, time) in
                trail.sentenceHash(
                    before: before, number, time, try row.text("eid"), try row.text("subject"), try row.text("text"))
            }
        }
    }

    mutating func checkEvents(in database: Database) throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT * FROM audit_event ORDER BY number")
        while let row = try rows.next() {
            let row = RecordRow(row: row, path: path)
            let (eid, content) = (try row.party("eid"), try row.bytes("content"))
            try step(to: row) { (trail, before, number, time) in
                trail.hash(before: before, number, time, eid, content)
            }
            // The columns used for lookup are not hashed: they must agree with the content.
            guard let event = AuditEvent(decoding: content, of: eid),
                try row.text("eid") == "\(eid)", try row.integer("kind") == Int64(event.kind.rawValue),
                try row.integer("subject") == event.subject.number.stored
            else { throw HostError(.auditBroken, "\(path), entry \(number)") }
        }
    }

    private mutating func step(
        to row: RecordRow, _ expected: (AuditTrail, _ before: [UInt8], _ number: Int64, Timestamp) throws -> [UInt8]
    ) throws {
        number += 1
        let hash = try row.bytes("hash")
        let time = Timestamp(rawValue: try row.unsigned("time"))
        guard try row.integer("number") == number, hash == (try expected(trail, before, number, time)) else {
            throw HostError(.auditBroken, "\(path), entry \(number)")
        }
        missing.remove(AuditMark(number: number, hash: hash))
        before = hash
    }
}
