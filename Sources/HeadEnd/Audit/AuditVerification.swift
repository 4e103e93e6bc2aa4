internal import GRDB
public import ValueProtocol

extension RecordFile {
    /// The audit trail's newest mark; nil while it is empty.
    ///
    /// - Throws: `HostError` of the file.
    public func auditMark() throws(HostError) -> AuditMark? {
        try read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM audit ORDER BY number DESC LIMIT 1").map {
                try entry(RecordRow(row: $0, path: path)).mark
            }
        }
    }

    /// The audit trail, oldest first; of one element where `eid` is given.
    ///
    /// - Throws: `HostError` of the file.
    public func auditTrail(of eid: PartyID? = nil) throws(HostError) -> [AuditEntry] {
        try read { database in
            let arguments: StatementArguments = eid.map { ["\($0)"] } ?? []
            let condition = eid == nil ? "1 = 1" : "eid = ?"
            return try Row.fetchAll(
                database, sql: "SELECT * FROM audit WHERE \(condition) ORDER BY number", arguments: arguments
            ).map { try entry(RecordRow(row: $0, path: path)) }
        }
    }

    /// Checks the whole file: SQLite's own structure, the hash chain from its origin on, that the chain still holds the
    /// marks that were noted elsewhere, and that transactions, balances and carry-overs are what it last said of them.
    ///
    /// - Parameter marks: from receipts, or noted with a backup. They alone tell whether the trail's end was cut off.
    /// - Returns: how many entries there are.
    /// - Throws: `HostError` `.corrupt`, `.auditBroken` naming the first entry or record that does not hold.
    @discardableResult
    public func verify(against marks: [AuditMark] = []) throws(HostError) -> Int {
        try read { database in
            let health = try String.fetchAll(database, sql: "PRAGMA integrity_check(1)")
            guard health == ["ok"] else {
                throw HostError(.corrupt, path, cause: DatabaseFailure(description: health.joined(separator: "; ")))
            }
            let count = try verifyChain(marks, in: database)
            try verifyRecords(in: database)
            return count
        }
    }

    private func verifyChain(_ marks: [AuditMark], in database: Database) throws -> Int {
        var before = trail.origin
        var number: Int64 = 0
        var missing = Set(marks)
        let rows = try Row.fetchCursor(database, sql: "SELECT * FROM audit ORDER BY number")
        while let row = try rows.next() {
            let row = RecordRow(row: row, path: path)
            number += 1
            let hash = try row.bytes("hash")
            let expected = trail.entryHash(
                before: before, number, Timestamp(rawValue: try row.unsigned("time")), try row.text("eid"),
                try row.text("subject"), try row.text("text"))
            guard try row.integer("number") == number, hash == expected else {
                throw HostError(.auditBroken, "\(path), entry \(number)")
            }
            missing.remove(AuditMark(number: number, hash: hash))
            before = hash
        }
        if let lost = missing.min(by: { $0.number < $1.number }) {
            throw HostError(.auditBroken, "\(path), noted mark \(lost)")
        }
        return Int(number)
    }

    /// What the records say now must be what the trail last said.
    private func verifyRecords(in database: Database) throws {
        for transaction in try transactions("1 = 1", [], in: database) {
            try require(
                "\(transaction)", transaction.auditSubject, of: transaction.eid, in: database)
        }
        for carry in try carryOvers("1 = 1", [], in: database) {
            try require(carry.auditText, carry.auditSubject, of: carry.from, in: database)
        }
        for row in try Row.fetchAll(database, sql: "SELECT DISTINCT eid FROM balance") {
            let eid = try RecordRow(row: row, path: path).party("eid")
            for balance in try balances(of: eid, in: database) {
                try require("\(balance.amount)", "balance \(balance.service)", of: eid, in: database)
            }
        }
        for row in try Row.fetchAll(database, sql: "SELECT eid FROM element") {
            let eid = try RecordRow(row: row, path: path).party("eid")
            let standing = try standing(of: eid, in: database)
            let told = try lastEntry("standing", of: eid, in: database)?.text ?? "\(ElementStatus.inUse)"
            guard told == "\(standing)" else { throw HostError(.auditBroken, "\(eid): \(standing)") }
        }
        for (table, pattern) in [
            ("credit_transaction", "HTXN %"), ("balance", "balance %"), ("carry_over", "carry-over %"),
        ] {
            try requireNoneMissing(from: table, toldAs: pattern, in: database)
        }
    }

    /// As many rows must be there as the trail tells of.
    private func requireNoneMissing(from table: String, toldAs pattern: String, in database: Database) throws {
        let told = try Int.fetchOne(
            database, sql: "SELECT count(*) FROM (SELECT DISTINCT eid, subject FROM audit WHERE subject LIKE ?)",
            arguments: [pattern])
        let kept = try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table)")
        guard told == kept else { throw HostError(.auditBroken, "\(path), rows missing from \(table)") }
    }

    private func require(_ text: String, _ subject: String, of eid: PartyID, in database: Database) throws {
        guard try lastEntry(subject, of: eid, in: database)?.text == text else {
            throw HostError(.auditBroken, "\(eid), \(subject): \(text)")
        }
    }

    func lastEntry(_ subject: String, of eid: PartyID, in database: Database) throws -> AuditEntry? {
        try Row.fetchOne(
            database, sql: "SELECT * FROM audit WHERE eid = ? AND subject = ? ORDER BY number DESC LIMIT 1",
            arguments: ["\(eid)", subject]
        ).map { try entry(RecordRow(row: $0, path: path)) }
    }

    private func entry(_ row: RecordRow) throws -> AuditEntry {
        AuditEntry(
            mark: AuditMark(number: try row.integer("number"), hash: try row.bytes("hash")),
            time: Timestamp(rawValue: try row.unsigned("time")), eid: try row.party("eid"),
            subject: try row.text("subject"), text: try row.text("text"))
    }
}
