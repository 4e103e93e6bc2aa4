internal import CardCrypto

/// That an entry of the audit trail is covered by a signed root, for somebody who has nothing else of the records but the
/// public key.
public struct AuditProof: Sendable, Hashable {
    public let mark: AuditMark
    /// What the entry's hash covers, without the hash before it; see ``AuditRoot``.
    public let entry: [UInt8]
    /// The entry's hash, 32 bytes.
    public let hash: [UInt8]
    /// From the entry to the tree of its head, the lowest first; 32 bytes each.
    public let entryPath: [[UInt8]]
    /// Of the entry's chain.
    public let head: AuditHead
    /// From the head to the tree of the root.
    public let headPath: [[UInt8]]
    /// The position of the head among those of the root, from 0.
    public let headIndex: Int
    /// How many heads the root has.
    public let headCount: Int
    public let root: AuditRoot

    /// The position of the entry among those of its head, from 0.
    public var entryIndex: UInt64 { UInt64(mark.number - head.first) }

    /// Whether both paths hold and the root is signed by the key.
    ///
    /// - Parameter publicKey: 32 bytes, from a source that is trusted: not from the proof's.
    /// - Throws: `HostError` `.cipherFailed`.
    public func isValid(for publicKey: [UInt8]) throws(HostError) -> Bool {
        let hasher = MerkleHasher()
        let leaf = hasher.hash(data: entry + hash)
        guard mark.number >= head.first, mark.number <= head.last, mark.writer == head.writer,
            AuditMark(writer: mark.writer, number: mark.number, hash: hash) == mark,
            hasher.root(of: leaf, at: entryIndex, of: head.count, path: entryPath) == head.tree,
            hasher.root(
                of: hasher.hash(data: head.bytes), at: UInt64(headIndex), of: UInt64(headCount), path: headPath)
                == root.tree
        else { return false }
        do throws(CryptoError) {
            return try Ed25519.verify(root.signature, of: root.statement, publicKey)
        } catch {
            throw HostError(.cipherFailed, error.subject, cause: error)
        }
    }
}
