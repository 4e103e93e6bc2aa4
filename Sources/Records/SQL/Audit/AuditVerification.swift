internal import ValueProtocol

extension SQLRecords {
    @discardableResult
    public func verify(against marks: [AuditMark] = []) throws(HostError) -> Int {
        try read { database in
            if let fault = try database.structureFault() {
                throw HostError(.corrupt, path, cause: DatabaseFailure(fault))
            }
            let count = try verifyTrail(against: marks, in: database)
            try verifyRecords(in: database)
            try verifyLedger(in: database)
            return count
        }
    }

    @discardableResult
    public func verifyTrail(against marks: [AuditMark] = []) throws(HostError) -> Int {
        try read { try verifyTrail(against: marks, in: $0) }
    }

    private func verifyTrail(against marks: [AuditMark], in database: any SQLConnection) throws -> Int {
        try database.notes.flush(into: database)
        let trails = try database.query("SELECT * FROM audit_writer ORDER BY writer").map {
            try trail.other($0, path: path)
        }
        // Entries are stored as they come, so that the chains can be read without looking each entry up. Where the
        // database has them in another order, they are sorted.
        var verification = try TrailVerification(trails, of: path, against: marks, in: database)
        if try !verification.run(in: database, sorting: false) {
            verification = try TrailVerification(trails, of: path, against: marks, in: database)
            _ = try verification.run(in: database, sorting: true)
        }
        return verification.count
    }
}

/// Verifies the hash chains of all writers, each from its origin: first the old sentences, then the events.
private struct TrailVerification {
    private let path: String
    private var heads: [UInt32: ChainHead] = [:]
    /// The noted marks that are not found yet, by the number of their entry.
    private var missing: [Int64: Set<AuditMark>]
    /// The trail whose key is that of all chains; nil if there are none.
    private let trail: AuditTrail?
    private var roots: RootVerification

    init(
        _ trails: [AuditTrail], of path: String, against marks: [AuditMark], in database: any SQLConnection
    ) throws {
        self.path = path
        missing = Dictionary(grouping: marks, by: \.number).mapValues(Set.init)
        trail = trails.first
        for trail in trails { heads[trail.writer] = ChainHead(number: 0, hash: trail.origin) }
        roots = try RootVerification(of: trails, path: path, in: database)
    }

    /// How many entries are verified.
    var count: Int { heads.values.reduce(0) { $0 + Int($1.number) } }

    /// - Returns: false if the entries of a chain do not follow one another as they are stored, and are not sorted.
    mutating func run(in database: any SQLConnection, sorting: Bool) throws -> Bool {
        try checkSentences(in: database)
        guard try checkEvents(in: database, sorting: sorting) else { return false }
        try roots.finish()
        let lost = missing.values.joined().min { ($0.writer, $0.number) < ($1.writer, $1.number) }
        if let lost { throw HostError(.auditBroken, "\(path), noted mark \(lost)") }
        return true
    }

    /// The old sentences, which begin the chain of writer 0.
    private mutating func checkSentences(in database: any SQLConnection) throws {
        guard let trail, trail.writer == 0, var head = heads[0] else { return }
        let hasher = MerkleHasher()
        try database.forEachRow(of: "SELECT * FROM audit ORDER BY number", []) { row in
            let leaf = try trail.check(sentence: row, behind: &head, path)
            find(AuditMark(writer: 0, number: head.number, hash: head.hash))
            if !roots.isEmpty { try roots.add(hasher.hash(leaf: leaf.span), of: 0, head.number, head.hash[...]) }
        }
        heads[0] = head
    }

    private mutating func find(_ mark: AuditMark) {
        guard missing[mark.number]?.remove(mark) != nil, missing[mark.number]?.isEmpty == true else { return }
        missing[mark.number] = nil
    }

    private mutating func checkEvents(in database: any SQLConnection, sorting: Bool) throws -> Bool {
        let order = sorting ? " ORDER BY writer, number" : ""
        guard let trail else {
            let stray = try database.query("SELECT count(*) AS count FROM audit_event").first?.integer("count")
            guard stray == 0 else { throw HostError(.auditBroken, "\(path), entries of no writer") }
            return true
        }
        let checks = EntryChecks(of: path, roots: roots) {
            EntryTools(trail.makeHasher(), MerkleHasher())
        }
        do {
            try database.forEachBatch(of: "SELECT \(EntryBatch.columns) FROM audit_event\(order)", []) { rows in
                try checks.submit(try chain(rows))
            }
        } catch is NotInOrder where !sorting {
            checks.wait()
            return false
        } catch {
            // What is wrong in front of it comes first.
            try checks.finish()
            throw error is NotInOrder ? HostError(.auditBroken, "\(path), entry \(gap)") : error
        }
        roots = try checks.finish()
        return true
    }

    /// The number that the entry which was not in order should have had.
    private var gap: Int64 = 0

    private struct NotInOrder: Error {}

    /// Puts each row behind the one before it in its chain.
    ///
    /// - Throws: `NotInOrder`, `HostError` `.auditBroken`.
    private mutating func chain(_ rows: SQLRowBatch) throws -> EntryBatch {
        var batch = EntryBatch(rows)
        var (writer, head): (UInt32, ChainHead?) = (0, nil)
        var before: Range<Int> = 0..<0
        // Where the last hash of each chain is among the bytes of this batch.
        var places: [UInt32: Range<Int>] = [:]
        for row in 0..<batch.count {
            let entry = try batch.position(row, path)
            if head == nil || entry.writer != writer {
                if let head {
                    heads[writer] = head
                    places[writer] = before
                }
                writer = entry.writer
                head = heads[writer]
                guard let head else { throw HostError(.auditBroken, "\(path), entries of no writer") }
                before = places[writer] ?? batch.append(head.hash)
            }
            guard let last = head?.number, entry.number == last + 1 else {
                gap = (head?.number ?? 0) + 1
                throw NotInOrder()
            }
            batch.befores.append(before)
            before = entry.hash
            head?.number = entry.number
            if missing[entry.number] != nil {
                find(AuditMark(writer: writer, number: entry.number, hash: Array(batch.rows.bytes[entry.hash])))
            }
        }
        if let head { heads[writer] = head }
        places[writer] = before
        for (writer, place) in places { heads[writer]?.hash = Array(batch.rows.bytes[place]) }
        return batch
    }
}

/// The last entry of a chain, as far as it is read.
struct ChainHead {
    var number: Int64
    var hash: [UInt8]
}

extension AuditTrail {
    /// Checks an old sentence behind `head`, which it becomes.
    ///
    /// - Returns: its leaf in a root's tree: 00, what its hash covers without the hash before it, and its hash.
    /// - Throws: `HostError` `.auditBroken`.
    func check(sentence row: SQLRow, behind head: inout ChainHead, _ path: String) throws(HostError) -> [UInt8] {
        let (number, hash) = (head.number + 1, try row.bytes("hash"))
        let bytes = Self.sentence(
            number, try row.time("time"), try row.text("eid"), try row.text("subject"), try row.text("text"))
        guard try row.integer("number") == number, hash == self.hash(head.hash, bytes) else {
            throw HostError(.auditBroken, "\(path), entry \(number)")
        }
        head = ChainHead(number: number, hash: hash)
        return [0] + bytes + hash
    }
}
