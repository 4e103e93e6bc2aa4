import CardCrypto
import TestSupport
import Testing

@Suite("AES in counter mode")
struct AESCTRContextTests {
    /// NIST SP 800-38A, F.5.1, CTR-AES128.
    static let key = "2b7e151628aed2a6abf7158809cf4f3c"
    static let counter = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
    static let encrypted =
        "874d6191b620e3261bef6864990db6ce 9806f66b7970fdff8617187bb9fffdff"
        + "5ae4df3edbd5d35e5b4f09020db03eab 1e031dda2fbe03d1792170a0f3009cee"

    @Test func `the example of SP 800-38A encrypts, and decrypts by the same call`() throws {
        let context = try AESCTRContext()
        let key = Secret(copying: hex(Self.key))
        let icb = try #require(AESBlock(hex(Self.counter)))
        let (plain, encrypted) = (hex(BlockCipherTests.blocks), hex(Self.encrypted))
        #expect(context.crypt(plain[...], key, icb: icb) == encrypted)
        #expect(context.crypt(encrypted[...], key, icb: icb, reserve: 16) == plain)
        for count in [0, 1, 15, 17, 63] {
            #expect(context.crypt(plain.prefix(count), key, icb: icb) == Array(encrypted.prefix(count)))
        }
    }

    @Test func `the key may stand anywhere in a secret`() throws {
        let context = try AESCTRContext()
        let icb = try #require(AESBlock(hex(Self.counter)))
        for offset in [0, 1, 16, 48] {
            let before = [UInt8](repeating: 0xA5, count: offset)
            let key = Secret(copying: before + hex(Self.key) + [0x5A])
            let encrypted = context.crypt(hex(BlockCipherTests.blocks)[...], key, at: offset, icb: icb)
            #expect(encrypted == hex(Self.encrypted))
        }
    }
}
