import CardCrypto
import TestSupport
import Testing

@Suite("CMAC over AES")
struct AESCMACTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let key: String
        /// How many bytes of the four blocks of NIST SP 800-38A are signed.
        let count: Int
        let signature: String
        var testDescription: String { "AES-\(key.count * 4), \(count) bytes" }
    }

    private static let key128 = "2b7e151628aed2a6abf7158809cf4f3c"
    private static let key192 = "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b"
    private static let key256 = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"

    /// NIST SP 800-38B, appendix D, examples 1 to 12 (1 to 4 also in RFC 4493).
    static let vectors = [
        Vector(key: key128, count: 0, signature: "bb1d6929e95937287fa37d129b756746"),
        Vector(key: key128, count: 16, signature: "070a16b46b4d4144f79bdd9dd04a287c"),
        Vector(key: key128, count: 40, signature: "dfa66747de9ae63030ca32611497c827"),
        Vector(key: key128, count: 64, signature: "51f0bebf7e3b9d92fc49741779363cfe"),
        Vector(key: key192, count: 0, signature: "d17ddf46adaacde531cac483de7a9367"),
        Vector(key: key192, count: 16, signature: "9e99a7bf31e710900662f65e617c5184"),
        Vector(key: key192, count: 40, signature: "8a1de5be2eb31aad089a82e6ee908b0e"),
        Vector(key: key192, count: 64, signature: "a1d5df0eed790f794d77589659f39a11"),
        Vector(key: key256, count: 0, signature: "028962f61b7bf89efc6b551f4667d983"),
        Vector(key: key256, count: 16, signature: "28a7023f452e8f82bd4bf28d8c37c35c"),
        Vector(key: key256, count: 40, signature: "aaf3d8f1de5640c232f5b169b9c911e6"),
        Vector(key: key256, count: 64, signature: "e1992190549f6ed5696a2c056c315410"),
    ]

    @Test(arguments: vectors)
    func `the examples of SP 800-38B are signed as published`(vector: Vector) throws {
        let message = Array(hex(BlockCipherTests.blocks).prefix(vector.count))
        #expect(try AESCMAC.sign(message, Secret(copying: hex(vector.key))) == hex(vector.signature))
    }

    @Test func `a key of another length is refused`() {
        for count in [0, 8, 15, 17, 23, 31, 33, 64] {
            let key = Secret(copying: [UInt8](repeating: 1, count: count))
            #expect(throws: CryptoError(.invalidLength, "")) { try AESCMAC.sign([], key) }
        }
    }

    @Test func `a context signs as published, wherever the message is divided and however often`() throws {
        let context = try AESCMACContext()
        context.setKey(Secret(copying: hex(Self.key128)))
        for vector in Self.vectors.prefix(4) {
            let message = Array(hex(BlockCipherTests.blocks).prefix(vector.count))
            for split in 0...vector.count {
                let head = Array(message.prefix(split))
                let signature = context.sign(head.span, message[split...]).bytes
                #expect(signature == hex(vector.signature), "divided at \(split)")
            }
        }
    }

    @Test func `a context takes the key that was set last, at its offset in the secret`() throws {
        let context = try AESCMACContext()
        let message: [UInt8] = [1, 2, 3]
        func signature() -> [UInt8] { context.sign(message.span).bytes }
        let both = Secret(copying: hex(Self.key128) + hex("00112233445566778899aabbccddeeff"))
        let first = try AESCMAC.sign(message, Secret(copying: hex(Self.key128)))
        let second = try AESCMAC.sign(message, Secret(copying: hex("00112233445566778899aabbccddeeff")))
        #expect(first != second)
        for _ in 0..<2 {
            context.setKey(both)
            #expect(signature() == first)
            context.setKey(both, at: 16)
            #expect(signature() == second)
            context.setKey(both, at: 16)
            #expect(signature() == second)
        }
        // Another secret with the same bytes gives the same signature.
        context.setKey(Secret(copying: hex(Self.key128)))
        #expect(signature() == first)
    }
}
