import CardCrypto
import Testing

@Suite("Errors of primitives")
struct CryptoErrorTests {
    @Test func `codes keep their numbers`() {
        #expect(CryptoError.Code.allCases.map(\.rawValue) == [1, 2, 3, 4])
    }

    @Test func `an error says what, and why, and is equal by its code`() {
        let beneath = CryptoError(.unavailable, "AES-128")
        let error = CryptoError(.noRandomness, "a key", cause: beneath)
        #expect(
            "\(error)" == "a key: the system gives no random bytes (AES-128: libcrypto does not offer it)")
        #expect(error == CryptoError(.noRandomness, "another"))
        #expect(error != beneath)
    }
}
