import CardCrypto
import GlobalPlatform
import ISO7816
import TestSupport
import Testing

/// Counter mode of SP 800-108 over AES-CMAC, 8-bit counter before and within the fixed input: NIST CAVP, CAVS 14.4,
/// KDFCTR_gen, the first vector of each group and the first of 320 bits.
@Suite struct KeyDerivationTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let key: String
        let before: String
        let after: String
        let derived: String
    }

    static let vectors = [
        Vector(
            testDescription: "AES128, BEFORE_FIXED, 0", key: "dff1e50ac0b69dc40f1051d46c2b069c",
            before: "",
            after: "c16e6e02c5a3dcc8d78b9ac1306877761310455b4e41469951d9e6c2245a064b33fd8c3b01203a78"
                + "24485bf0a64060c4648b707d2607935699316ea5",
            derived: "8be8f0869b3c0ba97b71863d1b9f7813"),
        Vector(
            testDescription: "AES128, BEFORE_FIXED, 30", key: "e91e0d06ab23a4e495bbcc430efddcaf",
            before: "",
            after: "24acb8e9227b180f2ccebea48051cbdbcd1be2bf94400d1e92945fe9b887585a295f46c469036107"
                + "697813a3e12c45ae2ffde9a940f8f8c181018a93",
            derived: "e81ef2483729d4165aaa4866c17f26496e6c6924e2fe34f608efef0c35835f86df29a1e19ce166a8"),
        Vector(
            testDescription: "AES128, MIDDLE_FIXED, 0", key: "b6e04abd1651f8794d4326f4c684e631",
            before: "93612f7256c46a3d856d3e951e32dbf15fe11159d0b389ad38d603850fee6d18d22031435ed36ee2"
                + "0da76745fbea4b10fe1e",
            after: "99322aae605a5f01e32b",
            derived: "dcb1db87a68762c6b3354779fa590bef"),
        Vector(
            testDescription: "AES128, MIDDLE_FIXED, 30", key: "5f99dd55eaaedfd7660c72530730541f",
            before: "128ebf7d66d9d0b425038ca681bcad81698c173092ce07ff7d10e153bcd5a0560e3a0314a1851214"
                + "3cdc6158131cf1b91db1",
            after: "5c482b7201779677533f",
            derived: "1d5fc5fbb78aa813f90edc2fca584c135eaa1613cb52ba29bb7ce0fef0c46c6cf741ef793038a60f"),
        Vector(
            testDescription: "AES192, BEFORE_FIXED, 0", key: "53d1705caab7b06886e2dbb53eea349aa7419a034e2d92b9",
            before: "",
            after: "b120f7ce30235784664deae3c40723ca0539b4521b9aece43501366cc5df1d9ea163c602702d0974"
                + "665277c8a7f6a057733d66f928eb7548cf43e374",
            derived: "eae32661a323f6d06d0116bb739bd76a"),
        Vector(
            testDescription: "AES192, BEFORE_FIXED, 30", key: "8725918ca07ad8e108473e5ffdf43eb1cf5c44baf0bd1cec",
            before: "",
            after: "f4a57b84a881cf282aac5402cfa8fc4ede0db6f8e902d5c0c41c4712077306484e626e3ffc4129d9"
                + "b43b46cbb6c53d2838a811dc8aedad7253cf94d4",
            derived: "5a795fd0d7661968c478860b526cca40eb8702083fdbff3ff8adfa697e795398ca7106bc950fbb45"),
        Vector(
            testDescription: "AES192, MIDDLE_FIXED, 0", key: "e09079196120accdf43293f3593e692481391080e233f40b",
            before: "0ec4fb9f0b4c59bbcbbf2c85466f92e1631cac32827e0485b6c56ba2ba5e72252f3c0895fd48ffbe"
                + "18735d5c8d9a15c3985f",
            after: "9a1a87dfa1698b60d0a0",
            derived: "2233d0566417bb549d3d5e9e28673168"),
        Vector(
            testDescription: "AES192, MIDDLE_FIXED, 30", key: "6711687173b5fe54b340c9916b0540a619580864d61706d3",
            before: "da79f4887669f08b8c574cdb94c9e307d26f94ac920187620c0fb44db37a31e371e6d831f6b9d868"
                + "b6ab3aae7cd6f46c8a5d",
            after: "a4bbaeee7e1728c1ef74",
            derived: "3b593c3bbc554a58c8016fe64865d78e4c479ea7fc8f510ab9e0b6b68dbc02c749a8990203d68c18"),
        Vector(
            testDescription: "AES256, BEFORE_FIXED, 0",
            key: "aeb7201d055f754212b3e497bd0b25789a49e51da9f363df414a0f80e6f4e42c",
            before: "",
            after: "11ec30761780d4c44acb1f26ca1eb770f87c0e74505e15b7e456b019ce0c38103c4d14afa1de71d3"
                + "40db51410596627512cf199fffa20ef8c5f4841e",
            derived: "2a9e2fe078bd4f5d3076d14d46f39fb2"),
        Vector(
            testDescription: "AES256, BEFORE_FIXED, 30",
            key: "9debd1762a9643e967dbc174f2040e177b8053afb0829189a81fed94f8c365ee",
            before: "",
            after: "6c4e1e3fdd7f5c97d58bcdda792642cbd271d6968f6a8e368013d88763d0b306c832b7ab46b84d09"
                + "9596972d12220a4e9c81f82d6f5003d18b93c595",
            derived: "2518a44ea347e924b03a7b4c966ec4e4bd76c1456d09096be9387638c2737faeebba4e2b921b19db"),
        Vector(
            testDescription: "AES256, MIDDLE_FIXED, 0",
            key: "701c0f5a65a42d07077d6eedf540ef9374bcb74cb89bfe017e5ca1e9df6b2b70",
            before: "2ce10feb56dda9fdc95da5b5013f05f59d13a89b3a1ad4527bd00612190ac6613b007afdf00fbc92"
                + "0cc6e8d5fd9da9ae267d",
            after: "86373a67ab86e7bde5b7",
            derived: "0ca10ea17fd28eaf660191fd983cb353"),
        Vector(
            testDescription: "AES256, MIDDLE_FIXED, 30",
            key: "c0403da26325d0a023d1032f744f473e9a18487a93136ebf29dac77065db1505",
            before: "42f201e6470e833442795b0f30b9c39e8dd96e3a09d69e85c2c556dea3eaef407d67243ec6c52972"
                + "fbe258febc7d909e480d",
            after: "ed7ad2b605497dc32b1c",
            derived: "18901b39a3cf3ed84d5d54c71bd07e21db81faf5c0984c49cde2bf57f13e3674991d7c4c3c26a2c2"),
    ]

    @Test(arguments: vectors)
    func `counter mode`(vector: Vector) throws {
        let key = Secret(copying: hex(vector.key))
        let expected = hex(vector.derived)
        let (before, after) = (hex(vector.before), hex(vector.after))
        for count in [expected.count, expected.count - 1, 1] {
            let derived = try KeyDerivation.counterMode(key, before: before, after: after, count: count)
            #expect(derived == Array(expected.prefix(count)))
        }
    }

    @Test func `lengths that cannot be`() throws {
        let key = Secret(copying: [UInt8](repeating: 1, count: 16))
        for count in [-1, 0, 4_081] {
            #expect(throws: GlobalPlatformError(.outOfRange, "")) {
                try KeyDerivation.counterMode(key, before: [], after: [], count: count)
            }
        }
        #expect(try KeyDerivation.counterMode(key, before: [], after: [], count: 4_080).count == 4_080)
    }
}
