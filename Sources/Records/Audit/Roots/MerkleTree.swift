internal import CardCrypto

/// Hashes of a Merkle tree (RFC 9162, 2.1.1): of a leaf `SHA-256(00 ‖ data)`, of a node `SHA-256(01 ‖ left ‖ right)`, of no
/// leaf SHA-256 of nothing. Used from one thread at a time.
// Unchecked: whoever takes it has it alone.
final class MerkleHasher: @unchecked Sendable {
    private let context = SHA256Context()

    /// - Parameter leaf: 00, and the leaf's data.
    func hash(leaf: Span<UInt8>) -> MerkleHash { MerkleHash(context.hash(leaf)) }

    /// The hash of a leaf with `data`.
    func hash(data: [UInt8]) -> MerkleHash { hash(leaf: ([0] + data).span) }

    func hash(_ left: MerkleHash, _ right: MerkleHash) -> MerkleHash {
        var node = InlineArray<65, UInt8>(repeating: 1)
        for index in 0..<32 {
            node[1 + index] = left.storage[index]
            node[33 + index] = right.storage[index]
        }
        return MerkleHash(context.hash(node.span))
    }

    var ofNothing: MerkleHash { hash(leaf: [UInt8]().span) }
}

/// SHA-256 of a node or leaf, 32 bytes.
struct MerkleHash: Sendable {
    let storage: InlineArray<32, UInt8>

    init(_ storage: InlineArray<32, UInt8>) { self.storage = storage }

    var bytes: [UInt8] { (0..<32).map { storage[$0] } }
}

/// A tree whose leaves come one after another; it keeps a hash for each bit of their number.
struct MerkleTree {
    private(set) var count: UInt64 = 0
    /// Of the complete subtrees, the largest first: one for each 1 in `count`.
    private var subtrees: [MerkleHash] = []

    mutating func append(_ leaf: MerkleHash, _ hasher: MerkleHasher) {
        var hash = leaf
        var rest = count
        while rest & 1 == 1 {
            guard let left = subtrees.popLast() else { preconditionFailure("a subtree for each 1 of the count") }
            hash = hasher.hash(left, hash)
            rest >>= 1
        }
        subtrees.append(hash)
        count += 1
    }

    /// The hash of the whole tree.
    func hash(_ hasher: MerkleHasher) -> MerkleHash {
        guard let last = subtrees.last else { return hasher.ofNothing }
        return subtrees.dropLast().reversed().reduce(last) { hasher.hash($1, $0) }
    }
}

/// The inclusion path of a leaf (RFC 9162, 2.1.3.1), found while all leaves pass by.
struct MerklePath {
    /// The leaves below each hash of the path, from the leaf to the root, and their tree so far.
    private var parts: [(leaves: Range<UInt64>, tree: MerkleTree)] = []

    /// - Parameters:
    ///   - index: of the leaf, from 0.
    ///   - count: how many leaves the tree has.
    init(to index: UInt64, of count: UInt64) {
        precondition(index < count, "a leaf of the tree")
        var range = 0..<count
        while range.count > 1 {
            // The left subtree has the largest power of two that leaves something to the right one.
            let half = UInt64(1) << UInt64(63 - (UInt64(range.count) - 1).leadingZeroBitCount)
            let (left, right) = (range.prefix(Int(half)), range.dropFirst(Int(half)))
            let isLeft = left.contains(index)
            parts.append(((isLeft ? right : left), MerkleTree()))
            range = isLeft ? left : right
        }
        parts.reverse()
    }

    /// Every leaf, in order.
    mutating func add(_ leaf: MerkleHash, at index: UInt64, _ hasher: MerkleHasher) {
        for part in parts.indices where parts[part].leaves.contains(index) {
            parts[part].tree.append(leaf, hasher)
        }
    }

    func hashes(_ hasher: MerkleHasher) -> [[UInt8]] { parts.map { $0.tree.hash(hasher).bytes } }
}

extension MerkleHasher {
    /// The hash of the tree that a path leads to (RFC 9162, 2.1.3.2); nil if the path has another length.
    func root(of leaf: MerkleHash, at index: UInt64, of count: UInt64, path: [[UInt8]]) -> [UInt8]? {
        guard index < count else { return nil }
        var (position, last, hash) = (index, count - 1, leaf)
        for sibling in path {
            guard last > 0, let sibling = MerkleHash(bytes: sibling) else { return nil }
            if position & 1 == 1 || position == last {
                hash = self.hash(sibling, hash)
                while position & 1 == 0, position != 0 {
                    position >>= 1
                    last >>= 1
                }
            } else {
                hash = self.hash(hash, sibling)
            }
            position >>= 1
            last >>= 1
        }
        return last == 0 ? hash.bytes : nil
    }
}

extension MerkleHash {
    /// From exactly 32 bytes; nil for any other count.
    init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        storage = InlineArray { bytes[$0] }
    }
}
