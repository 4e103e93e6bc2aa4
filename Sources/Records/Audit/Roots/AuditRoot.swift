internal import CardCrypto
public import ValueProtocol

/// A signed state of the audit trail: every entry of every writer's chain up to a number.
///
/// What is signed (Ed25519, RFC 8032) is the ``statement``:
///
/// ```
/// "VS1 audit root" ‖ 00 ‖ number u64 ‖ time u32 ‖ previous 32 ‖ chains u32 ‖ tree 32
/// ```
///
/// - `previous` is SHA-256 of the root before it, its statement and its signature; zeros for the first. So the last
///   signature is also over all roots before.
/// - `tree` is the hash of a Merkle tree (RFC 9162, 2.1.1) over the ``heads``, one leaf per chain by ascending writer. Each
///   head has the hash of a tree of its own, over the entries of its chain since the root before; a leaf is what the hash of
///   the entry covers, without the hash before it, followed by that hash. No secret is needed to compute it.
///
/// An entry is proved by two paths: to its head, and from there to the signed tree. Nothing is left between two roots: each
/// chain is added to strictly in order, so a head begins where the root before it ended, whenever a writer committed.
public struct AuditRoot: Sendable, Hashable {
    /// From 1.
    public let number: Int64
    /// When it was signed, by the clock of the host that signed it.
    public let time: Timestamp
    /// 32 bytes.
    public let previous: [UInt8]
    /// Of every chain, ascending by writer; also of those that had no entry since the root before.
    public let heads: [AuditHead]
    /// 64 bytes.
    public let signature: [UInt8]

    /// Bytes of the hash of a root.
    static let hashSize = 32

    /// The hash of the tree over the heads, 32 bytes.
    public var tree: [UInt8] {
        let hasher = MerkleHasher()
        var tree = MerkleTree()
        for head in heads { tree.append(hasher.hash(data: head.bytes), hasher) }
        return tree.hash(hasher).bytes
    }

    /// What is signed.
    public var statement: [UInt8] {
        Self.statement(number: number, time: time, previous: previous, chains: UInt32(heads.count), tree: tree)
    }

    static func statement(
        number: Int64, time: Timestamp, previous: [UInt8], chains: UInt32, tree: [UInt8]
    ) -> [UInt8] {
        var bytes = Array("VS1 audit root".utf8) + [0]
        bytes.append(bigEndian: number)
        bytes.append(bigEndian: time.rawValue)
        bytes += previous
        bytes.append(bigEndian: chains)
        return bytes + tree
    }

    /// What the next root has as `previous`.
    var hash: [UInt8] { SHA256Digest.hash(statement + signature) }

    /// The head of a writer's chain; nil if the writer had no chain yet.
    func head(of writer: UInt32) -> AuditHead? { heads.first { $0.writer == writer } }
}

/// Up to where a root covers a chain: `writer u32 ‖ first u64 ‖ last u64 ‖ hash 32 ‖ tree 32`.
public struct AuditHead: Sendable, Hashable {
    public let writer: UInt32
    /// The number of the first entry since the root before; one more than `last` if there is none.
    public let first: Int64
    /// The number of the chain's newest entry; 0 if it has none.
    public let last: Int64
    /// The chain's hash at `last`, 32 bytes; its origin if it has no entry.
    public let hash: [UInt8]
    /// The hash of the tree over the entries from `first` to `last`, 32 bytes.
    public let tree: [UInt8]

    /// How many entries are new.
    public var count: UInt64 { UInt64(last - first + 1) }

    static let size = 84

    /// As in the tree of a root.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: writer)
        bytes.append(bigEndian: first)
        bytes.append(bigEndian: last)
        return bytes + hash + tree
    }

    init(writer: UInt32, first: Int64, last: Int64, hash: [UInt8], tree: [UInt8]) {
        (self.writer, self.first, self.last) = (writer, first, last)
        (self.hash, self.tree) = (hash, tree)
    }

    /// From ``bytes``; nil for any other bytes.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count == Self.size else { return nil }
        let bytes = Array(bytes)
        var reader = ByteReader(bytes.span)
        writer = reader.read()
        let (first, last) = (reader.read(UInt64.self), reader.read(UInt64.self))
        guard first > 0, first - 1 <= last, last < Int64.max else { return nil }
        (self.first, self.last) = (Int64(first), Int64(last))
        hash = reader.readBytes(32)
        tree = reader.readBytes(32)
    }
}
