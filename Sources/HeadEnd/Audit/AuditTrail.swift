internal import CardCrypto
internal import GRDB
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
    /// Thirty-two random bytes that stand before the first entry.
    let origin: [UInt8]
    private let key: Secret?

    /// Reads the trail's origin, or makes it where there is none yet.
    static func open(_ database: DatabaseQueue, path: String, key: Secret?) throws -> AuditTrail {
        let row = try database.read { try Row.fetchOne($0, sql: "SELECT * FROM audit_origin") }
        guard let row else { return try create(database, key: key) }
        let record = RecordRow(row: row, path: path)
        let trail = AuditTrail(origin: try record.bytes("hash"), key: key)
        guard try record.integer("keyed") == (key == nil ? 0 : 1), try record.bytes("check_value") == trail.checkValue
        else { throw HostError(.wrongAuditKey, path) }
        return trail
    }

    private static func create(_ database: DatabaseQueue, key: Secret?) throws -> AuditTrail {
        let trail = AuditTrail(origin: try randomBytes(32), key: key)
        try database.write { database in
            try database.execute(
                sql: "INSERT INTO audit_origin (one, hash, keyed, check_value) VALUES (1, ?, ?, ?)",
                arguments: [Data(trail.origin), key == nil ? 0 : 1, Data(trail.checkValue)])
        }
        return trail
    }

    private var checkValue: [UInt8] { hash(origin, Array("audit key".utf8)) }

    /// Adds an entry in the transaction that makes the change it tells of.
    @discardableResult
    func append(
        _ subject: String, _ text: String, of eid: PartyID, at time: Timestamp, to database: Database
    ) throws -> AuditMark {
        let last = try Row.fetchOne(database, sql: "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1")
        let record = last.map { RecordRow(row: $0, path: "audit trail") }
        let number = try (record?.integer("number") ?? 0) + 1
        let before = try record?.bytes("hash") ?? origin
        let hash = entryHash(before: before, number, time, "\(eid)", subject, text)
        try database.execute(
            sql: "INSERT INTO audit (number, time, eid, subject, text, hash) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [number, time.rawValue, "\(eid)", subject, text, Data(hash)])
        return AuditMark(number: number, hash: hash)
    }

    /// The hash of an entry whose predecessor's is `before`. Lengths go before texts, so that none runs into the next.
    func entryHash(
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
