import CardCrypto
import Testing

/// The code of CardCrypto's page.
@Suite struct CryptoArticle {
    @Test func primitives() throws {
        let key = Secret(copying: 0x40...0x4F)
        let signature = try AESCMAC.sign([0x84, 0x82, 0x33, 0x00], key)
        let encrypted = try BlockCipher.aes.encrypt([UInt8](repeating: 1, count: 16), key)

        #expect(signature.count == 16)
        // The check value of GlobalPlatform's test key.
        #expect(encrypted.starts(with: [0x50, 0x4A, 0x77]))
    }
}
