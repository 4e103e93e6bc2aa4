internal import CardCrypto
internal import GRDB
internal import Records
internal import ValueProtocol

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The hash chain of the audit trail: each entry's hash covers the entry and the hash before it.
///
/// With a key it is HMAC-SHA-256 (RFC 2104, FIPS 180-4), without one SHA-256.
struct AuditTrail: Sendable {
    /// Thirty-two random bytes before the first entry.
    let origin: [UInt8]
    private let key: Secret?

    /// Reads the trail's origin, or creates it if there is none yet.
    static func open(_ database: DatabaseQueue, path: String, key: Secret?) throws -> AuditTrail {
        func find(_ database: Database) throws -> Row? {
            try Row.fetchOne(database, sql: "SELECT * FROM audit_origin")
        }
        var row = try database.read(find)
        if row == nil {
            // Two programs may open a new file at once: whichever comes second takes the first one's origin.
            row = try database.writeWithoutTransaction { database in
                try database.inTransaction(.immediate) {
                    if try find(database) == nil { try create(in: database, key: key) }
                    return .commit
                }
                return try find(database)
            }
        }
        guard let row else { throw HostError(.corrupt, path) }
        let record = RecordRow(row: row, path: path)
        let trail = AuditTrail(origin: try record.bytes("hash"), key: key)
        guard try record.integer("keyed") == (key == nil ? 0 : 1), try record.bytes("check_value") == trail.checkValue
        else { throw HostError(.wrongAuditKey, path) }
        return trail
    }

    private static func create(in database: Database, key: Secret?) throws {
        let trail = AuditTrail(origin: try randomBytes(), key: key)
        try database.execute(
            sql: "INSERT INTO audit_origin (one, hash, keyed, check_value) VALUES (1, ?, ?, ?)",
            arguments: [Data(trail.origin), key == nil ? 0 : 1, Data(trail.checkValue)])
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
    func append(
        _ event: AuditEvent, of eid: PartyID, at time: Timestamp, to database: Database
    ) throws -> AuditMark {
        let last = try Self.last(in: database)
        let number = (last?.number ?? 0) + 1
        let (content, subject) = (event.encoded, event.subject)
        let hash = hash(before: last?.hash ?? origin, number, time, eid, content)
        try database.execute(
            sql: """
                INSERT INTO audit_event (number, time, eid, kind, subject, content, hash) VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                number, time.rawValue, "\(eid)", subject.kind.rawValue, subject.number.stored, Data(content),
                Data(hash),
            ])
        return AuditMark(number: number, hash: hash)
    }

    /// The number and the hash of the newest entry, whichever table it is in; nil while there is none.
    static func last(in database: Database) throws -> (number: Int64, hash: [UInt8])? {
        for table in ["audit_event", "audit"] {
            let row = try Row.fetchOne(
                database, sql: "SELECT number, hash FROM \(table) ORDER BY number DESC LIMIT 1")
            if let row = row.map({ RecordRow(row: $0, path: "audit trail") }) {
                return (try row.integer("number"), try row.bytes("hash"))
            }
        }
        return nil
    }

    /// The hash of an entry whose predecessor's hash is `before`: `form 01 ‖ number u64 ‖ time u32 ‖ EID u64 ‖ length
    /// u32 ‖ content`.
    ///
    /// It cannot be confused with a sentence's hash, whose input begins with its number, whose first byte is 00.
    func hash(
        before: [UInt8], _ number: Int64, _ time: Timestamp, _ eid: PartyID, _ content: [UInt8]
    ) -> [UInt8] {
        var bytes: [UInt8] = [1]
        bytes.append(bigEndian: number)
        bytes.append(bigEndian: time.rawValue)
        bytes.append(eid)
        bytes.append(bigEndian: UInt32(content.count))
        bytes.append(contentsOf: content)
        return hash(before, bytes)
    }

    /// The hash of an old entry, which is a sentence. Texts are preceded by their lengths, so that they cannot be
    /// confused.
    func sentenceHash(
        before: [UInt8], _ number: Int64, _ time: Timestamp, _ eid: String, _ subject: String, _ text: String
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: number)
        bytes.append(bigEndian: time.rawValue)
        for part in [eid, subject, text] {
            bytes.append(bigEndian: UInt32(part.utf8.count))
            bytes.append(contentsOf: part.utf8)
        }
        return hash(before, bytes)
    }

    private func hash(_ before: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        key.map { HMACSHA256.sign(before + bytes, $0) } ?? SHA256Digest.hash(before + bytes)
    }
}

extension AuditMark {
    init(number: Int64, hash: [UInt8]) {
        self.init(number: number, hash: hash.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    }
}
