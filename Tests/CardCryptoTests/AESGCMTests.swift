import CardCrypto
import TestSupport
import Testing

@Suite("AES in Galois/counter mode")
struct AESGCMTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let key: String
        let nonce: String
        var header = ""
        var plain = ""
        var encrypted = ""
        let tag: String
    }

    private static let key = "feffe9928665731c6d6a8f9467308308"
    private static let plain =
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    private static let header = "feedfacedeadbeeffeedfacedeadbeefabaddad2"
    private static func zeros(_ count: Int) -> String { String(repeating: "00", count: count) }

    /// McGrew and Viega, The Galois/Counter Mode of Operation, appendix B, to which NIST SP 800-38D refers.
    static let vectors = [
        Vector(
            testDescription: "test case 1", key: zeros(16), nonce: zeros(12), tag: "58e2fccefa7e3061367f1d57a4e7455a"),
        Vector(
            testDescription: "test case 2", key: zeros(16), nonce: zeros(12), plain: zeros(16),
            encrypted: "0388dace60b6a392f328c2b971b2fe78", tag: "ab6e47d42cec13bdf53a67b21257bddf"),
        Vector(
            testDescription: "test case 4", key: key, nonce: "cafebabefacedbaddecaf888", header: header, plain: plain,
            encrypted: "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
                + "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091",
            tag: "5bc94fbc3221a5db94fae95ae7121a47"),
        Vector(
            testDescription: "test case 7", key: zeros(24), nonce: zeros(12), tag: "cd33b28ac773f74ba00ed1f312572435"),
        Vector(
            testDescription: "test case 13", key: zeros(32), nonce: zeros(12), tag: "530f8afbc74536b9a963b4f1c4cb738b"),
        Vector(
            testDescription: "test case 16", key: key + key, nonce: "cafebabefacedbaddecaf888", header: header,
            plain: plain,
            encrypted: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
            tag: "76fc6ece0f4e1768cddf8853bb2d551b"),
    ]

    @Test(arguments: vectors)
    func `a published case is sealed and opened`(vector: Vector) throws {
        let (key, nonce, header) = (Secret(copying: hex(vector.key)), hex(vector.nonce), hex(vector.header))
        let text = Secret(copying: hex(vector.plain))
        let sealed = try AESGCM.seal(text, key, nonce: nonce, header: header)
        #expect(sealed == hex(vector.encrypted) + hex(vector.tag))
        #expect(try AESGCM.open(sealed, key, nonce: nonce, header: header).matches(text))
    }

    @Test func `what was altered anywhere, or shortened, does not open`() throws {
        let vector = Self.vectors[2]
        let (key, nonce, header) = (Secret(copying: hex(vector.key)), hex(vector.nonce), hex(vector.header))
        let sealed = hex(vector.encrypted) + hex(vector.tag)
        for bit in 0..<(sealed.count * 8) {
            var altered = sealed
            altered[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: CryptoError(.notAuthentic, ""), "bit \(bit)") {
                try AESGCM.open(altered, key, nonce: nonce, header: header)
            }
        }
        for count in 0..<sealed.count {
            #expect(throws: CryptoError(.notAuthentic, ""), "\(count) bytes") {
                try AESGCM.open(sealed.prefix(count), key, nonce: nonce, header: header)
            }
        }
        #expect(throws: CryptoError(.notAuthentic, "")) { try AESGCM.open(sealed, key, nonce: nonce) }
        var otherNonce = nonce
        otherNonce[0] ^= 1
        #expect(throws: CryptoError(.notAuthentic, "")) {
            try AESGCM.open(sealed, key, nonce: otherNonce, header: header)
        }
    }

    @Test func `a key or nonce of another length is refused`() {
        let (key, text) = (Secret(copying: [UInt8](repeating: 1, count: 16)), Secret(copying: [1]))
        for count in [0, 11, 13, 16] {
            #expect(throws: CryptoError(.invalidLength, "")) {
                try AESGCM.seal(text, key, nonce: [UInt8](repeating: 0, count: count))
            }
        }
        #expect(throws: CryptoError(.invalidLength, "")) {
            try AESGCM.seal(text, Secret(copying: [1, 2, 3]), nonce: [UInt8](repeating: 0, count: 12))
        }
    }
}
