package import CardCrypto
package import ValueProtocol

/// The hash chain of one writer of the audit trail: each entry's hash covers the entry and the hash before it.
///
/// With a key it is HMAC-SHA-256 (RFC 2104, FIPS 180-4), without one SHA-256. Of a database that several processes write,
/// each has a chain of its own; an element's entries are numbered through all of them.
public struct AuditTrail: Sendable {
    /// Whose chain it is: 0 where only one process writes at a time.
    package let writer: UInt32
    /// Thirty-two random bytes before the first entry.
    package let origin: [UInt8]
    private let key: Secret?
    /// Set up once, and shared by the copies of this value.
    private let hasher: SharedHasher

    /// The layout of what a hash covers; the numbers are stored.
    package enum Form: UInt8 {
        /// `01 ‖ number u64 ‖ time u32 ‖ EID u64 ‖ length u32 ‖ content`: of a file that had no numbers for each element.
        case first = 1
        /// `02 ‖ number u64 ‖ time u32 ‖ EID u64 ‖ sequence u64 ‖ length u32 ‖ content`
        case sequenced = 2
    }

    /// Reads a writer's chain, or begins it if there is none yet.
    ///
    /// - Throws: `HostError` `.wrongAuditKey`, `.cipherFailed`, or the database's error.
    package init(of writer: UInt32, in database: any SQLConnection, path: String, key: Secret?) throws {
        func find() throws -> SQLRow? {
            try database.query("SELECT * FROM audit_writer WHERE writer = ?", writer).first
        }
        if try find() == nil {
            let trail = AuditTrail(writer: writer, origin: try Self.randomBytes(), key: key)
            try database.execute(
                """
                INSERT INTO audit_writer (writer, hash, keyed, check_value) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
                """, writer, trail.origin, key == nil ? 0 : 1, trail.checkValue)
        }
        guard let row = try find() else { throw HostError(.corrupt, path) }
        try self.init(row, path: path, key: key)
    }

    /// The chain of a row of `audit_writer`.
    package init(_ row: SQLRow, path: String, key: Secret?) throws {
        self.init(writer: try row.unsigned("writer"), origin: try row.bytes("hash"), key: key)
        guard try row.integer("keyed") == (key == nil ? 0 : 1), try row.bytes("check_value") == checkValue
        else { throw HostError(.wrongAuditKey, path) }
    }

    private init(writer: UInt32, origin: [UInt8], key: Secret?) {
        self.writer = writer
        self.origin = origin
        self.key = key
        hasher = SharedHasher(key: key)
    }

    /// Signs roots of the trail; nil without an audit key.
    ///
    /// - Throws: `HostError` `.cipherFailed`.
    var rootSigner: RootSigner? {
        get throws(HostError) {
            guard let key else { return nil }
            return try RootSigner(auditKey: key)
        }
    }

    /// Computes hashes of this chain on a thread of its own.
    func makeHasher() -> ChainHasher { ChainHasher(key: key) }

    /// The chain of another writer under the same key.
    package func other(_ row: SQLRow, path: String) throws -> AuditTrail {
        try AuditTrail(row, path: path, key: key)
    }

    private static func randomBytes() throws(HostError) -> [UInt8] {
        do {
            let random = SystemRandomness()
            return try random.block().bytes + random.block().bytes
        } catch {
            throw HostError(.cipherFailed, "random bytes", cause: error)
        }
    }

    private var checkValue: [UInt8] { hash(origin, Array("audit key".utf8)) }

    /// Adds an entry in the transaction that makes the change it describes.
    @discardableResult
    package func append(
        _ event: AuditEvent, of eid: PartyID, at time: Timestamp, to database: any SQLConnection
    ) throws -> AuditMark {
        let last = try last(in: database)
        let number = (last?.number ?? 0) + 1
        let sequence = try lastSequence(of: eid, in: database) + 1
        let (content, subject) = (event.encoded, event.subject)
        let hash = hash(.sequenced, before: last?.hash ?? origin, number, time, eid, sequence, content)
        database.notes.add([
            writer.sqlValue, number.sqlValue, time.sqlValue, Shard(of: eid).sqlValue, eid.sqlValue, sequence.sqlValue,
            Form.sequenced.rawValue.sqlValue, subject.kind.rawValue.sqlValue, subject.number.sqlValue, .blob(content),
            .blob(hash),
        ])
        database.notes.last = (number, hash)
        database.notes.sequences[eid] = sequence
        return AuditMark(writer: writer, number: number, hash: hash)
    }

    /// The newest entry of a writer in `audit_event`.
    static let lastEvent = "SELECT number, hash FROM audit_event WHERE writer = ? ORDER BY number DESC LIMIT 1"

    /// The number and the hash of the newest entry, whichever table it is in; nil while there is none.
    package func last(in database: any SQLConnection) throws -> (number: Int64, hash: [UInt8])? {
        if let last = database.notes.last { return last }
        var row = try database.query(Self.lastEvent, writer).first
        if row == nil, writer == 0 {
            row = try database.query("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1").first
        }
        return try row.map { (try $0.integer("number"), try $0.bytes("hash")) }
    }

    private func lastSequence(of eid: PartyID, in database: any SQLConnection) throws -> Int64 {
        if let sequence = database.notes.sequences[eid] { return sequence }
        return try database.query(
            "SELECT sequence FROM audit_event WHERE shard = ? AND eid = ? ORDER BY sequence DESC LIMIT 1",
            Shard(of: eid), eid
        ).first?.integer("sequence") ?? 0
    }

    /// The hash of an entry whose predecessor's hash is `before`.
    ///
    /// It cannot be confused with a sentence's hash, whose input begins with its number, whose first byte is 00.
    package func hash(
        _ form: Form, before: [UInt8], _ number: Int64, _ time: Timestamp, _ eid: PartyID, _ sequence: Int64,
        _ content: [UInt8]
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(before.count + 32 + content.count)
        bytes.append(contentsOf: before)
        Self.append(form, number, time.rawValue, eid, sequence, count: content.count, to: &bytes)
        bytes.append(contentsOf: content)
        return hasher.hash(bytes)
    }

    /// What stands before the content in what an entry's hash covers.
    static func append(
        _ form: Form, _ number: Int64, _ time: UInt32, _ eid: PartyID, _ sequence: Int64, count: Int,
        to bytes: inout [UInt8]
    ) {
        bytes.append(form.rawValue)
        bytes.append(bigEndian: number)
        bytes.append(bigEndian: time)
        bytes.append(eid)
        if form == .sequenced { bytes.append(bigEndian: sequence) }
        bytes.append(bigEndian: UInt32(count))
    }

    /// What the hash of an old entry covers, which is a sentence. Texts are preceded by their lengths, so that they cannot
    /// be confused.
    package static func sentence(
        _ number: Int64, _ time: Timestamp, _ eid: String, _ subject: String, _ text: String
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: number)
        bytes.append(bigEndian: time.rawValue)
        for part in [eid, subject, text] {
            bytes.append(bigEndian: UInt32(part.utf8.count))
            bytes.append(contentsOf: part.utf8)
        }
        return bytes
    }

    func hash(_ before: [UInt8], _ bytes: [UInt8]) -> [UInt8] { hasher.hash(before + bytes) }

    /// The first 16 bytes of a hash that follows none.
    func mark(_ bytes: [UInt8]) -> [UInt8] { hasher.hash(bytes, count: 16) }
}

extension AuditMark {
    package init(writer: UInt32, number: Int64, hash: [UInt8]) {
        self.init(writer: writer, number: number, hash: hash.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    }
}
