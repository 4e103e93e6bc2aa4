import CardCrypto
import TestSupport
import Testing

@Suite("Block ciphers in CBC mode")
struct BlockCipherTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let cipher: BlockCipher
        let key: String
        var iv: String?
        let plain: String
        let encrypted: String
    }

    /// The four blocks of all examples of NIST SP 800-38A.
    static let blocks =
        "6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51"
        + "30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710"

    static let vectors = [
        Vector(
            testDescription: "NIST SP 800-38A, F.2.1, CBC-AES128", cipher: .aes,
            key: "2b7e151628aed2a6abf7158809cf4f3c", iv: "000102030405060708090a0b0c0d0e0f", plain: blocks,
            encrypted: "7649abac8119b246cee98e9b12e9197d 5086cb9b507219ee95db113a917678b2"
                + "73bed6b8e3c1743b7116e69e22229516 3ff1caa1681fac09120eca307586e1a7"),
        Vector(
            testDescription: "NIST SP 800-38A, F.2.3, CBC-AES192", cipher: .aes,
            key: "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", iv: "000102030405060708090a0b0c0d0e0f",
            plain: blocks,
            encrypted: "4f021db243bc633d7178183a9fa071e8 b4d9ada9ad7dedf4e5e738763f69145a"
                + "571b242012fb7ae07fa9baac3df102e0 08b0e27988598881d920a9e64f5615cd"),
        Vector(
            testDescription: "NIST SP 800-38A, F.2.5, CBC-AES256", cipher: .aes,
            key: "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
            iv: "000102030405060708090a0b0c0d0e0f", plain: blocks,
            encrypted: "f58c4c04d6e5f1ba779eabfb5f7bfbd6 9cfc4e967edb808d679f777bc6702c7d"
                + "39f23369a9d9bacfa530e26304231461 b2eb05e2c39be9fcda6c19078c6a9d1b"),
        Vector(
            testDescription: "FIPS 197, C.1, AES-128: one block, no vector", cipher: .aes,
            key: "000102030405060708090a0b0c0d0e0f", plain: "00112233445566778899aabbccddeeff",
            encrypted: "69c4e0d86a7b0430d8cdb78070b4c55a"),
        Vector(
            testDescription: "FIPS 81, table C1, DES", cipher: .des, key: "0123456789abcdef", iv: "1234567890abcdef",
            plain: "4e6f77206973207468652074696d6520666f7220616c6c20",
            encrypted: "e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6"),
        Vector(
            testDescription: "NIST SP 800-67, B.1, triple DES with three keys", cipher: .tripleDES,
            key: "0123456789abcdef23456789abcdef01456789abcdef0123", plain: "5468652071756663",
            encrypted: "a826fd8ce53b855f"),
        Vector(
            testDescription: "ICAO Doc 9303-11, D.3, triple DES with two keys", cipher: .tripleDES,
            key: "ab94fdecf2674fdfb9b391f85d7f76f2",
            plain: "781723860c06c2264608f919887022120b795240cb7049b01c19b33e32804f0b",
            encrypted: "72c29c2371cc9bdb65b779b8e8d37b29ecc154aa56a8799fae2f498f76ed92f2"),
    ]

    @Test(arguments: vectors)
    func `a published example encrypts and decrypts`(vector: Vector) throws {
        let key = Secret(copying: hex(vector.key))
        let iv = vector.iv.map(hex)
        #expect(try vector.cipher.encrypt(hex(vector.plain), key, iv: iv) == hex(vector.encrypted))
        #expect(try vector.cipher.decrypt(hex(vector.encrypted), key, iv: iv) == hex(vector.plain))
    }

    @Test(arguments: [BlockCipher.aes, .tripleDES, .des])
    func `a key, a block or a vector of another length is refused`(cipher: BlockCipher) throws {
        let block = [UInt8](repeating: 0, count: cipher.blockSize)
        for count in 0...40 {
            let key = Secret(copying: [UInt8](repeating: 1, count: count))
            guard !cipher.accepts(keyCount: count) else {
                #expect(try cipher.decrypt(cipher.encrypt(block, key), key) == block)
                #expect(try cipher.encrypt([], key) == [])
                #expect(throws: CryptoError(.invalidLength, "")) { try cipher.encrypt(block + [0], key) }
                #expect(throws: CryptoError(.invalidLength, "")) { try cipher.decrypt(block, key, iv: block + block) }
                continue
            }
            #expect(throws: CryptoError(.invalidLength, "")) { try cipher.encrypt(block, key) }
        }
    }
}
