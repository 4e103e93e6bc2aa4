internal import ValueProtocol

/// Some entries of the trail, each with the hash before it in its chain.
struct EntryBatch: Sendable {
    static let columns = "writer, number, time, shard, eid, sequence, form, kind, subject, content, hash"

    private enum Column {
        static let (writer, number, time, shard, eid, sequence) = (0, 1, 2, 3, 4, 5)
        static let (form, kind, subject, content, hash) = (6, 7, 8, 9, 10)
    }

    private(set) var rows: SQLRowBatch
    /// Where the hash before each entry is among the bytes of the rows.
    var befores: [Range<Int>] = []

    init(_ rows: SQLRowBatch) {
        self.rows = rows
        befores.reserveCapacity(rows.count)
    }

    var count: Int { rows.count }

    mutating func append(_ hash: [UInt8]) -> Range<Int> { rows.append(other: hash) }

    /// Which entry a row is, and where its hash is among the bytes of the rows.
    ///
    /// - Throws: `HostError` `.corrupt`.
    func position(_ row: Int, _ path: String) throws(HostError) -> (writer: UInt32, number: Int64, hash: Range<Int>) {
        guard let number = rows.integer(row, Column.number), let bits = rows.integer(row, Column.writer),
            let writer = UInt32(exactly: bits)
        else { throw HostError(.corrupt, path, cause: DatabaseFailure("the number of an entry")) }
        guard let hash = rows.blob(row, Column.hash), hash.count == 32 else {
            throw HostError(.auditBroken, "\(path), entry \(number)")
        }
        return (writer, number, hash)
    }

    /// The number of an entry, of which `position` was found.
    func number(_ row: Int) -> Int64 { rows.integer(row, Column.number) ?? 0 }

    /// Whether the entry's hash is that of the entry behind the one before it, and what it is looked up by, which is not
    /// hashed, agrees with its content.
    func isGood(_ row: Int, _ tools: EntryTools) -> Bool {
        let bytes = rows.bytes.span
        guard let number = rows.integer(row, Column.number), let time = rows.integer(row, Column.time),
            let time = UInt32(exactly: time), let shard = rows.integer(row, Column.shard),
            let text = rows.text(row, Column.eid), let eid = PartyID(canonical: bytes.extracting(text)),
            let sequence = rows.integer(row, Column.sequence), let form = rows.integer(row, Column.form),
            let form = UInt8(exactly: form), let form = AuditTrail.Form(rawValue: form),
            let kind = rows.integer(row, Column.kind), let subject = rows.integer(row, Column.subject),
            let content = rows.blob(row, Column.content), let hash = rows.blob(row, Column.hash)
        else { return false }
        tools.message.removeAll(keepingCapacity: true)
        tools.message.append(contentsOf: rows.bytes[befores[row]])
        AuditTrail.append(form, number, time, eid, sequence, count: content.count, to: &tools.message)
        tools.message.append(contentsOf: rows.bytes[content])
        let expected = unsafe tools.message.withUnsafeBufferPointer { message in
            unsafe tools.chainHasher.hash(Span(_unsafeElements: message))
        }
        for index in 0..<32 where expected[index] != bytes[hash.lowerBound + index] { return false }
        guard let event = AuditEvent(decoding: bytes.extracting(content), of: eid) else { return false }
        return shard == Int64(Shard(of: eid).rawValue) && kind == Int64(event.kind.rawValue)
            && subject == event.subject.number.stored && (form == .sequenced || sequence == number)
    }

    /// The leaf of the entry for which `isGood` was called last, in a root's tree: 00, what its hash covers without the hash
    /// before it, and its hash.
    func makeLeaf(_ row: Int, _ tools: EntryTools) -> MerkleHash {
        // The hash before it, which has 32 bytes, makes way for the one byte.
        tools.message[31] = 0
        if let hash = rows.blob(row, Column.hash) { tools.message.append(contentsOf: rows.bytes[hash]) }
        return unsafe tools.message.withUnsafeBufferPointer { message in
            unsafe tools.merkleHasher.hash(leaf: Span(_unsafeElements: message).extracting(31...))
        }
    }
}

/// What checking entries needs, for one thread at a time.
// Unchecked: whoever takes it has it alone.
final class EntryTools: @unchecked Sendable {
    let chainHasher: ChainHasher
    let merkleHasher: MerkleHasher
    /// The hash before an entry, and what follows it in what is hashed.
    fileprivate(set) var message: [UInt8] = []

    init(_ chainHasher: ChainHasher, _ merkleHasher: MerkleHasher) {
        (self.chainHasher, self.merkleHasher) = (chainHasher, merkleHasher)
    }

    /// What `makeLeaf` has hashed last.
    var leaf: ArraySlice<UInt8> { message[31...] }
}
