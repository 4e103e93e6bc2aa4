internal import CardCrypto
internal import ValueProtocol

extension AuditRoot {
    /// From a row of `audit_root`.
    init(_ row: SQLRow) throws(HostError) {
        let heads = try row.bytes("heads")
        guard heads.count.isMultiple(of: AuditHead.size) else { throw row.damaged("heads") }
        self.init(
            number: try row.integer("number"), time: try row.time("time"), previous: try row.bytes("previous"),
            heads: try stride(from: 0, to: heads.count, by: AuditHead.size).map { start throws(HostError) in
                guard let head = AuditHead(heads[start..<(start + AuditHead.size)]) else { throw row.damaged("heads") }
                return head
            }, signature: try row.bytes("signature"))
    }
}

extension SQLRecords {
    func lastRoot(in database: any SQLConnection) throws -> AuditRoot? {
        try database.query("SELECT * FROM audit_root ORDER BY number DESC LIMIT 1").first.map { try AuditRoot($0) }
    }

    /// The first root that covers an entry; nil if none does.
    func root(
        covering number: Int64, of writer: UInt32, in database: any SQLConnection
    ) throws -> AuditRoot? {
        guard let last = try lastRoot(in: database), let end = last.head(of: writer)?.last, end >= number else {
            return nil
        }
        // The heads of a chain only rise from root to root.
        var (low, high, found) = (Int64(1), last.number, last)
        while low < high {
            let middle = low + (high - low) / 2
            guard let row = try database.query("SELECT * FROM audit_root WHERE number = ?", middle).first else {
                throw HostError(.auditBroken, "\(path), root \(middle)")
            }
            let root = try AuditRoot(row)
            if let head = root.head(of: writer), head.last >= number {
                (high, found) = (middle, root)
            } else {
                low = middle + 1
            }
        }
        return found
    }

    public func roots() throws(HostError) -> [AuditRoot] {
        try read { try $0.query("SELECT * FROM audit_root ORDER BY number").map { try AuditRoot($0) } }
    }
}
