internal import ValueProtocol

/// Verifies the signed roots of the trail: first that they follow one another and the last is signed, which covers all of
/// them, then that the entries are those of their trees, while these pass by.
struct RootVerification {
    /// A head whose entries have not all passed yet.
    private struct Expected {
        let root: Int64
        let head: AuditHead
    }

    private let path: String
    private let hasher = MerkleHasher()
    /// The newest first.
    private var expected: [UInt32: [Expected]] = [:]
    private var trees: [UInt32: MerkleTree] = [:]
    private var newest: [UInt32: AuditHead] = [:]

    /// - Throws: `HostError` `.auditBroken` with the first root that is not good.
    init(of trails: [AuditTrail], path: String, in database: any SQLConnection) throws {
        self.path = path
        for trail in trails {
            newest[trail.writer] = AuditHead(
                writer: trail.writer, first: 1, last: 0, hash: trail.origin, tree: hasher.ofNothing.bytes)
        }
        var last: AuditRoot?
        try database.forEachRow(of: "SELECT * FROM audit_root ORDER BY number", []) { row in
            let root = try AuditRoot(row)
            try check(root, behind: last)
            last = root
        }
        for writer in expected.keys { expected[writer]?.reverse() }
        guard let last else { return }
        guard try trails.first?.rootSigner?.isSigned(last) == true else { throw broken(last.number) }
    }

    var isEmpty: Bool { expected.isEmpty }

    private func broken(_ root: Int64) -> HostError { HostError(.auditBroken, "\(path), root \(root)") }

    private mutating func check(_ root: AuditRoot, behind last: AuditRoot?) throws {
        let number = (last?.number ?? 0) + 1
        let previous = last?.hash ?? [UInt8](repeating: 0, count: AuditRoot.hashSize)
        let writers = root.heads.map(\.writer)
        // The last one's signature covers this one's with its hash.
        guard root.number == number, root.previous == previous, zip(writers, writers.dropFirst()).allSatisfy(<),
            Set(last?.heads.map(\.writer) ?? []).isSubset(of: writers)
        else { throw broken(number) }
        for head in root.heads {
            guard let before = newest[head.writer], head.first == before.last + 1 else { throw broken(number) }
            if head.count == 0 {
                guard head.hash == before.hash, head.tree == hasher.ofNothing.bytes else { throw broken(number) }
            } else {
                expected[head.writer, default: []].append(Expected(root: number, head: head))
            }
            newest[head.writer] = head
        }
    }

    /// The next entry of a chain.
    ///
    /// - Throws: `HostError` `.auditBroken` if the entries of a root end with it and are others than it covers.
    mutating func add(
        _ leaf: MerkleHash, of writer: UInt32, _ number: Int64, _ hash: ArraySlice<UInt8>
    ) throws(HostError) {
        guard let next = expected[writer]?.last else { return }
        trees[writer, default: MerkleTree()].append(leaf, hasher)
        guard number == next.head.last else { return }
        let tree = trees.removeValue(forKey: writer) ?? MerkleTree()
        guard hash.elementsEqual(next.head.hash), tree.hash(hasher).bytes == next.head.tree else {
            throw broken(next.root)
        }
        expected[writer]?.removeLast()
    }

    /// - Throws: `HostError` `.auditBroken` with the first root that covers entries which are missing.
    func finish() throws(HostError) {
        if let root = expected.values.compactMap(\.last).map(\.root).min() { throw broken(root) }
    }
}
