import CardCrypto
import TestSupport
import Testing

@Suite("scrypt")
struct ScryptTests {
    /// RFC 7914, section 12, without the last, which needs 1 GiB.
    @Test(
        arguments: [
            (
                "", "", 4, 1, 1,
                "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
                    + "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
            ),
            (
                "password", "NaCl", 10, 8, 16,
                "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                    + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
            ),
            (
                "pleaseletmein", "SodiumChloride", 14, 8, 1,
                "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
                    + "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
            ),
        ] as [(String, String, UInt8, UInt32, UInt32, String)])
    func `the vectors of RFC 7914 are derived as published`(
        passphrase: String, salt: String, logN: UInt8, r: UInt32, p: UInt32, key: String
    ) throws {
        let cost = try #require(ScryptCost(logN: logN, r: r, p: p))
        let secret = Secret(copying: Array(passphrase.utf8))
        let derived = try Scrypt.deriveKey(secret, salt: Array(salt.utf8), cost: cost, count: 64)
        #expect(derived.matches(Secret(copying: hex(key))))
    }

    @Test func `no cost makes this machine run out of memory`() {
        #expect(ScryptCost(logN: 19, r: 8, p: 1) != nil)
        #expect(ScryptCost(logN: 20, r: 8, p: 1) == nil)
        #expect(ScryptCost(logN: 24, r: 1024, p: 1) == nil)
        #expect(ScryptCost(logN: 0, r: 1, p: 1) == nil)
        #expect(ScryptCost(logN: 10, r: 0, p: 1) == nil)
        #expect(ScryptCost(logN: 10, r: 1, p: 17) == nil)
        #expect(ScryptCost(logN: 255, r: .max, p: .max) == nil)
    }
}
