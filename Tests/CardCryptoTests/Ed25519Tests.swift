import CardCrypto
import TestSupport
import Testing

@Suite("Ed25519")
struct Ed25519Tests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let number: Int
        let key: String
        let publicKey: String
        let message: String
        let signature: String
        var testDescription: String { "test \(number)" }
    }

    /// RFC 8032, 7.1.
    static let vectors = [
        Vector(
            number: 1, key: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", message: "",
            signature: """
                e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155\
                5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b
                """),
        Vector(
            number: 2, key: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", message: "72",
            signature: """
                92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00
                """),
    ]

    @Test(arguments: vectors)
    func `the tests of RFC 8032 are signed and verified as published`(vector: Vector) throws {
        let key = Secret(copying: hex(vector.key))
        #expect(try Ed25519.publicKey(of: key) == hex(vector.publicKey))
        let signature = try Ed25519.sign(hex(vector.message), key)
        #expect(signature == hex(vector.signature))
        #expect(try Ed25519.verify(signature, of: hex(vector.message), hex(vector.publicKey)))
    }

    @Test func `another message, signature or key is refused`() throws {
        let key = Secret(copying: hex(Self.vectors[0].key))
        let publicKey = try Ed25519.publicKey(of: key)
        let signature = try Ed25519.sign([1, 2, 3], key)
        #expect(try Ed25519.verify(signature, of: [1, 2, 3], publicKey))
        #expect(try !Ed25519.verify(signature, of: [1, 2, 4], publicKey))
        #expect(try !Ed25519.verify(signature, of: [1, 2, 3], hex(Self.vectors[1].publicKey)))
        for index in signature.indices {
            var changed = signature
            changed[index] ^= 1
            #expect(try !Ed25519.verify(changed, of: [1, 2, 3], publicKey), "byte \(index)")
        }
        #expect(try !Ed25519.verify(Array(signature.dropLast()), of: [1, 2, 3], publicKey))
        #expect(try !Ed25519.verify(signature, of: [1, 2, 3], Array(publicKey.dropLast())))
        #expect(throws: CryptoError(.invalidLength, "")) { try Ed25519.sign([], Secret(copying: [1, 2])) }
    }
}
