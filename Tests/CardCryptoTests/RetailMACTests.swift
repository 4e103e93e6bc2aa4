import CardCrypto
import TestSupport
import Testing

@Suite("MACs of ISO/IEC 9797-1")
struct RetailMACTests {
    /// ISO/IEC 9797-1, annex B (examples), MAC algorithm 3 with DES: both texts, padding methods 1 and 2.
    @Test(
        arguments: [
            ("Now is the time for all ", [], "a1c72e74ea3fa9b6"),
            ("Now is the time for all ", [0x80, 0, 0, 0, 0, 0, 0, 0], "e9086230ca3be796"),
            ("Now is the time for it", [0, 0], "2e2b1428cc78254f"),
            ("Now is the time for it", [0x80, 0], "5a692ce64f404145"),
        ] as [(String, [UInt8], String)])
    func `the examples of the standard are signed as published`(text: String, padding: [UInt8], mac: String) throws {
        let key = Secret(copying: hex("0123456789abcdef fedcba9876543210"))
        #expect(try RetailMAC.sign(Array(text.utf8) + padding, key) == hex(mac))
    }

    /// ICAO Doc 9303-11, D.3: the MAC of EXTERNAL AUTHENTICATE.
    @Test func `a passport's authentication is signed as published`() throws {
        let key = Secret(copying: hex("7962d9ece03d1acd4c76089dce131543"))
        let message = hex("72c29c2371cc9bdb65b779b8e8d37b29ecc154aa56a8799fae2f498f76ed92f2")
        #expect(try RetailMAC.sign(message + hex("8000000000000000"), key) == hex("5f1448eea8ad90a7"))
    }

    @Test func `a signature continues from the vector that it is given`() throws {
        let key = Secret(copying: hex("0123456789abcdef fedcba9876543210"))
        let blocks = Array("Now is the time for all ".utf8)
        let half = Secret(copying: hex("0123456789abcdef"))
        let first = try BlockCipher.des.encrypt(Array(blocks.prefix(8)), half)
        #expect(try RetailMAC.sign(Array(blocks.dropFirst(8)), key, iv: first) == RetailMAC.sign(blocks, key))
        let second = try BlockCipher.des.encrypt(Array(blocks.prefix(16)), half).suffix(8)
        #expect(try RetailMAC.sign(Array(blocks.suffix(8)), key, iv: Array(second)) == RetailMAC.sign(blocks, key))
    }

    /// The last block of ICAO Doc 9303-11, D.3.
    @Test func `the full triple DES MAC is the last block of an encryption`() throws {
        let key = Secret(copying: hex("ab94fdecf2674fdfb9b391f85d7f76f2"))
        let blocks = hex("781723860c06c2264608f919887022120b795240cb7049b01c19b33e32804f0b")
        #expect(try TripleDESMAC.sign(blocks, key) == hex("ae2f498f76ed92f2"))
    }

    @Test func `what is not whole blocks, or has another key, is refused`() {
        let key = Secret(copying: [UInt8](repeating: 1, count: 16))
        for count in [0, 1, 7, 9, 15] {
            let blocks = [UInt8](repeating: 0, count: count)
            #expect(throws: CryptoError(.invalidLength, "")) { try RetailMAC.sign(blocks, key) }
            #expect(throws: CryptoError(.invalidLength, "")) { try TripleDESMAC.sign(blocks, key) }
        }
        for count in [0, 8, 15, 17, 24] {
            let key = Secret(copying: [UInt8](repeating: 1, count: count))
            #expect(throws: CryptoError(.invalidLength, "")) {
                try RetailMAC.sign([UInt8](repeating: 0, count: 8), key)
            }
        }
    }
}
