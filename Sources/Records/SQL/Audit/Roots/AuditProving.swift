extension SQLRecords {
    public func proof(of mark: AuditMark) throws(HostError) -> AuditProof? {
        try read { database in
            try database.notes.flush(into: database)
            guard let root = try root(covering: mark.number, of: mark.writer, in: database) else { return nil }
            guard let index = root.heads.firstIndex(where: { $0.writer == mark.writer }),
                let row = try database.query("SELECT * FROM audit_writer WHERE writer = ?", mark.writer).first
            else { throw HostError(.auditBroken, "\(path), root \(root.number)") }
            let (head, chain) = (root.heads[index], try trail.other(row, path: path))
            let before = try hash(of: head.first - 1, chain, in: database)
            let found = try path(to: mark, head, chain, behind: before, in: database)
            let hasher = MerkleHasher()
            var headPath = MerklePath(to: UInt64(index), of: UInt64(root.heads.count))
            for (position, head) in root.heads.enumerated() {
                headPath.add(hasher.hash(data: head.bytes), at: UInt64(position), hasher)
            }
            return AuditProof(
                mark: mark, entry: found.entry, hash: found.hash, entryPath: found.path, head: head,
                headPath: headPath.hashes(hasher), headIndex: index, headCount: root.heads.count, root: root)
        }
    }

    /// The hash of an entry, or the chain's origin for number 0.
    private func hash(of number: Int64, _ chain: AuditTrail, in database: any SQLConnection) throws -> [UInt8] {
        guard number > 0 else { return chain.origin }
        var rows = try database.query(
            "SELECT hash FROM audit_event WHERE writer = ? AND number = ?", chain.writer, number)
        if rows.isEmpty, chain.writer == 0 {
            rows = try database.query("SELECT hash FROM audit WHERE number = ?", number)
        }
        guard let row = rows.first else { throw HostError(.auditBroken, "\(path), entry \(number)") }
        return try row.bytes("hash")
    }

    private func path(
        to mark: AuditMark, _ head: AuditHead, _ chain: AuditTrail, behind before: [UInt8],
        in database: any SQLConnection
    ) throws -> (entry: [UInt8], hash: [UInt8], path: [[UInt8]]) {
        let hasher = MerkleHasher()
        var (tree, index) = (MerkleTree(), UInt64(0))
        var entryPath = MerklePath(to: UInt64(mark.number - head.first), of: head.count)
        var data: [UInt8] = []
        let end = try forEachLeaf(of: chain, from: head.first, to: head.last, behind: before, hasher, in: database) {
            (leaf, bytes) in
            if head.first + Int64(index) == mark.number { data = Array(bytes.dropFirst()) }
            tree.append(leaf, hasher)
            entryPath.add(leaf, at: index, hasher)
            index += 1
        }
        guard end.number == head.last, tree.hash(hasher).bytes == head.tree else {
            throw HostError(.auditBroken, "\(path), the entries up to \(head.last)")
        }
        let hash = Array(data.suffix(32))
        guard AuditMark(writer: mark.writer, number: mark.number, hash: hash) == mark else {
            throw HostError(.auditBroken, "\(path), noted mark \(mark)")
        }
        return (Array(data.dropLast(32)), hash, entryPath.hashes(hasher))
    }
}
