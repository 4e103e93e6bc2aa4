import CardCrypto
import TestSupport
import Testing

@testable import Records

@Suite("Merkle trees")
struct MerkleTreeTests {
    private let hasher = MerkleHasher()

    /// The definition of RFC 9162, 2.1.1, word by word.
    private func hash(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
        guard leaves.count > 1, let first = leaves.first else {
            return SHA256Digest.hash(leaves.first.map { [0] + $0 } ?? [])
        }
        var half = 1
        while half * 2 < leaves.count { half *= 2 }
        precondition(!first.isEmpty)
        return SHA256Digest.hash([1] + hash(leaves.prefix(half)) + hash(leaves.dropFirst(half)))
    }

    private func leaves(_ count: Int) -> [[UInt8]] { (0..<count).map { [UInt8($0), 0xA5, UInt8($0 & 3)] } }

    private func tree(_ leaves: [[UInt8]]) -> [UInt8] {
        var tree = MerkleTree()
        for leaf in leaves { tree.append(hasher.hash(data: leaf), hasher) }
        return tree.hash(hasher).bytes
    }

    /// The trees that the tests of Certificate Transparency publish.
    @Test(arguments: [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ])
    func `trees of Certificate Transparency are hashed as published`(count: Int, root: String) {
        let leaves = [
            "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
        ]
        #expect(tree(leaves.prefix(count).map { hex($0) }) == hex(root))
    }

    @Test(arguments: 1...70)
    func `a tree of any size, and the path of each leaf, are those of RFC 9162`(count: Int) {
        let leaves = leaves(count)
        let expected = hash(leaves[...])
        #expect(tree(leaves) == expected)
        for index in 0..<count {
            var path = MerklePath(to: UInt64(index), of: UInt64(count))
            for (position, leaf) in leaves.enumerated() {
                path.add(hasher.hash(data: leaf), at: UInt64(position), hasher)
            }
            let hashes = path.hashes(hasher)
            let leaf = hasher.hash(data: leaves[index])
            func root(at index: Int, of count: Int, _ path: [[UInt8]]) -> [UInt8]? {
                hasher.root(of: leaf, at: UInt64(index), of: UInt64(count), path: path)
            }
            #expect(root(at: index, of: count, hashes) == expected, "leaf \(index)")
            #expect(root(at: index, of: count, hashes + [leaf.bytes]) == nil)
            #expect(root(at: count, of: count, hashes) == nil)
            guard count > 1 else { continue }
            #expect(root(at: index, of: count, Array(hashes.dropLast())) == nil)
            #expect(root(at: (index + 1) % count, of: count, hashes) != expected)
            var changed = hashes
            changed[index % changed.count][index % 32] ^= 1
            #expect(root(at: index, of: count, changed) != expected)
        }
    }
}
