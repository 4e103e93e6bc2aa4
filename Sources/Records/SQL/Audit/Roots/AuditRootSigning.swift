internal import CardCrypto
public import ValueProtocol

extension SQLRecords {
    public var rootKey: [UInt8]? { get throws(HostError) { try trail.rootSigner?.publicKey } }

    @discardableResult
    public func signRoot(at time: Timestamp) throws(HostError) -> AuditRoot? {
        guard let signer = try trail.rootSigner else { return nil }
        return try write { database in
            guard try !database.isMoved else { return nil }
            try database.flushNotes()
            let last = try lastRoot(in: database)
            var heads: [AuditHead] = []
            for row in try database.query("SELECT * FROM audit_writer ORDER BY writer") {
                let chain = try trail.other(row, path: path)
                heads.append(try newHead(of: chain, since: last?.head(of: chain.writer), in: database))
            }
            guard heads.contains(where: { $0.count > 0 }) else { return nil }
            let root = try signer.sign(
                number: (last?.number ?? 0) + 1, at: time,
                previous: last?.hash ?? [UInt8](repeating: 0, count: AuditRoot.hashSize), heads)
            let insertion = """
                INSERT INTO audit_root (number, time, previous, heads, signature) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """
            let count = try database.execute(
                insertion, root.number, time, root.previous, root.heads.flatMap(\.bytes), root.signature)
            // Another process signed one meanwhile: what that one does not cover, the next one does.
            return count == 1 ? root : nil
        }
    }

    @discardableResult
    public func signDueRoot(at time: Timestamp) throws(HostError) -> AuditRoot? {
        let isDue = try read { database in
            guard let last = try lastRoot(in: database) else { return true }
            // Also where the clock was set back.
            return time < last.time || time.rawValue - last.time.rawValue >= auditRootInterval
        }
        return isDue ? try signRoot(at: time) : nil
    }

    /// The head of a chain behind that of the last root; each new entry is verified.
    private func newHead(
        of chain: AuditTrail, since last: AuditHead?, in database: any SQLConnection
    ) throws -> AuditHead {
        let first = (last?.last ?? 0) + 1
        let hasher = MerkleHasher()
        var tree = MerkleTree()
        let end = try forEachLeaf(of: chain, from: first, behind: last?.hash ?? chain.origin, hasher, in: database) {
            (leaf, _) in tree.append(leaf, hasher)
        }
        return AuditHead(
            writer: chain.writer, first: first, last: end.number, hash: end.hash, tree: tree.hash(hasher).bytes)
    }

    /// Passes the leaf of each entry of a chain from `first` on, with 00 and its data; stops behind `last` if it is given.
    ///
    /// - Returns: the last entry's number and hash, or those in front of `first`.
    /// - Throws: `HostError` `.auditBroken` if an entry is not good.
    func forEachLeaf(
        of chain: AuditTrail, from first: Int64, to last: Int64 = .max, behind hash: [UInt8], _ hasher: MerkleHasher,
        in database: any SQLConnection, _ body: (_ leaf: MerkleHash, _ data: ArraySlice<UInt8>) throws -> Void
    ) throws -> ChainHead {
        var head = ChainHead(number: first - 1, hash: hash)
        if chain.writer == 0 {
            let sentences = "SELECT * FROM audit WHERE number >= ? AND number <= ? ORDER BY number"
            try database.forEachRow(of: sentences, [first.sqlValue, last.sqlValue]) { row in
                let leaf = try chain.check(sentence: row, behind: &head, path)
                try body(hasher.hash(leaf: leaf.span), leaf[...])
            }
        }
        let tools = EntryTools(chain.makeHasher(), hasher)
        let events = """
            SELECT \(EntryBatch.columns) FROM audit_event WHERE writer = ? AND number >= ? AND number <= ? ORDER BY number
            """
        let arguments = [chain.writer.sqlValue, first.sqlValue, last.sqlValue]
        try database.forEachBatch(of: events, arguments) { rows in
            var batch = EntryBatch(rows)
            for row in 0..<batch.count {
                let entry = try batch.position(row, path)
                batch.befores.append(batch.append(head.hash))
                guard entry.number == head.number + 1, batch.isGood(row, tools) else {
                    throw HostError(.auditBroken, "\(path), entry \(head.number + 1)")
                }
                head = ChainHead(number: entry.number, hash: Array(batch.rows.bytes[entry.hash]))
                try body(batch.makeLeaf(row, tools), tools.leaf)
            }
        }
        return head
    }
}

/// How many seconds pass between two roots, at least, where a host signs them by itself.
let auditRootInterval: UInt32 = 60

/// Signs roots, with a key that follows from the audit key.
struct RootSigner {
    private let key: Secret
    let publicKey: [UInt8]

    /// The private key is `HMAC-SHA-256 (audit key, [1]₃₂ ‖ "VS1 audit root" ‖ 00 ‖ [256]₃₂)` (NIST SP 800-108, counter
    /// mode): it is sealed wherever the audit key is, and the same for all hosts that write one database.
    init(auditKey: Secret) throws(HostError) {
        var context: [UInt8] = []
        context.append(bigEndian: UInt32(1))
        context += Array("VS1 audit root".utf8) + [0]
        context.append(bigEndian: UInt32(256))
        var bytes = HMACSHA256.sign(context, auditKey)
        key = Secret(taking: &bytes)
        do throws(CryptoError) {
            publicKey = try Ed25519.publicKey(of: key)
        } catch {
            throw HostError(.cipherFailed, error.subject, cause: error)
        }
    }

    func sign(
        number: Int64, at time: Timestamp, previous: [UInt8], _ heads: [AuditHead]
    ) throws(HostError) -> AuditRoot {
        let unsigned = AuditRoot(number: number, time: time, previous: previous, heads: heads, signature: [])
        do throws(CryptoError) {
            return AuditRoot(
                number: number, time: time, previous: previous, heads: heads,
                signature: try Ed25519.sign(unsigned.statement, key))
        } catch {
            throw HostError(.cipherFailed, error.subject, cause: error)
        }
    }

    func isSigned(_ root: AuditRoot) throws(HostError) -> Bool {
        do throws(CryptoError) {
            return try Ed25519.verify(root.signature, of: root.statement, publicKey)
        } catch {
            throw HostError(.cipherFailed, error.subject, cause: error)
        }
    }
}
