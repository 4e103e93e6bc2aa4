import CardCrypto
import TestSupport
import Testing

@Suite("SHA-256 and HMAC")
struct SHA256Tests {
    /// NIST, Cryptographic Standards and Guidelines, examples for FIPS 180-4; SHAVS for the empty message.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `the examples of FIPS 180-4 are hashed as published`(message: String, hash: String) {
        #expect(SHA256Digest.hash(Array(message.utf8)) == hex(hash))
    }

    struct Vector: Sendable, CustomTestStringConvertible {
        let number: Int
        let key: [UInt8]
        let message: [UInt8]
        let signature: String
        var testDescription: String { "test case \(number)" }

        init(_ number: Int, _ key: [UInt8], _ message: [UInt8], _ signature: String) {
            (self.number, self.key, self.message, self.signature) = (number, key, message, signature)
        }
    }

    /// RFC 4231, section 4; case 5 has a truncated signature.
    static let vectors = [
        Vector(
            1, [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        Vector(
            2, Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        Vector(
            3, [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        Vector(
            4, Array(1...25), [UInt8](repeating: 0xCD, count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        Vector(
            5, [UInt8](repeating: 0x0C, count: 20), Array("Test With Truncation".utf8),
            "a3b6167473100ee06e0c796c2955552b"),
        Vector(
            6, [UInt8](repeating: 0xAA, count: 131),
            Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
        Vector(
            7, [UInt8](repeating: 0xAA, count: 131),
            Array(
                """
                This is a test using a larger than block-size key and a larger than block-size data. The key needs to be \
                hashed before being used by the HMAC algorithm.
                """.utf8),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
    ]

    @Test(arguments: vectors)
    func `the cases of RFC 4231 are signed as published`(vector: Vector) {
        let signature = HMACSHA256.sign(vector.message, Secret(copying: vector.key))
        #expect(signature.count == 32)
        #expect(signature.starts(with: hex(vector.signature)))
    }

    @Test(arguments: vectors)
    func `a context that is set up once signs each message as if it were the first`(vector: Vector) {
        let context = HMACSHA256Context(key: Secret(copying: vector.key))
        for _ in 1...3 {
            let signature = context.sign(vector.message.span)
            #expect((0..<32).map { signature[$0] }.starts(with: hex(vector.signature)))
            let other = context.sign([1, 2, 3].span)
            #expect((0..<32).map { other[$0] } == HMACSHA256.sign([1, 2, 3], Secret(copying: vector.key)))
        }
    }

    @Test func `a context hashes each message as if it were the first`() {
        let context = SHA256Context()
        for length in [0, 1, 55, 56, 63, 64, 65, 200, 3] {
            let message = [UInt8](repeating: 7, count: length)
            let hash = context.hash(message.span)
            #expect((0..<32).map { hash[$0] } == SHA256Digest.hash(message), "\(length) bytes")
        }
    }

    /// RFC 2104, 2: a key is padded with zeros to a block, so these are the same key.
    @Test func `an empty key is a block of zeros`() {
        let zeros = Secret(copying: [UInt8](repeating: 0, count: 64))
        #expect(HMACSHA256.sign([1, 2, 3], Secret(copying: [])) == HMACSHA256.sign([1, 2, 3], zeros))
    }
}
