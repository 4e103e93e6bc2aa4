import CardCrypto
import Testing

@Suite("Secrets")
struct SecretTests {
    private func bytes(_ secret: Secret) -> [UInt8] { secret.withBytes { Array($0) } }

    @Test func `a secret holds what it was given, and shows nothing of it`() {
        let secret = Secret(copying: [0x41, 0x42, 0x43])
        #expect(bytes(secret) == [0x41, 0x42, 0x43])
        #expect(secret.count == 3)
        var text = "\(secret) \(String(reflecting: secret)) "
        dump(secret, to: &text)
        #expect(!text.contains("41") && !text.contains("65") && !text.contains("ABC"))
        #expect("\(secret)" == "••")
    }

    @Test func `secrets are on the heap that is locked, and where it is full in ordinary memory`() {
        #expect(Secret(copying: [1]).isOnSecureHeap)
        let many = (0..<20_000).map { Secret(copying: [UInt8](repeating: UInt8($0 % 256), count: 64)) }
        #expect(many.contains { !$0.isOnSecureHeap })
        for (index, secret) in many.enumerated() {
            #expect(secret.withBytes { unsafe $0.allSatisfy { $0 == UInt8(index % 256) } } && secret.count == 64)
        }
        #expect(Secret(copying: []).count == 0 && bytes(Secret(copying: [])).isEmpty)
    }

    @Test func `a process that holds keys is not dumped`() {
        #expect(ProcessMemory.forbidDumps())
        #expect(!ProcessMemory.mayBeDumped)
    }

    @Test func `bytes that are taken or wiped are emptied where they were`() {
        var source: [UInt8] = [1, 2, 3]
        #expect(bytes(Secret(taking: &source)) == [1, 2, 3])
        #expect(source.isEmpty)
        source = [4, 5]
        Secret.wipe(&source)
        #expect(source.isEmpty)
        Secret.wipe(&source)
        #expect(source.isEmpty)
    }

    @Test(
        arguments: [
            ("00", [0]), ("0aF9", [0x0A, 0xF9]), ("4041 4243-4445", [0x40, 0x41, 0x42, 0x43, 0x44, 0x45]),
            (" 4 0-", [0x40]),
        ] as [(String, [UInt8])])
    func `digits become the bytes of a secret`(_ digits: String, _ expected: [UInt8]) throws {
        #expect(bytes(try #require(Secret(hexadecimal: Secret(copying: digits.utf8)))) == expected)
    }

    @Test func `every pair of digits is read as its byte`() throws {
        for byte in UInt8.min ... .max {
            for isUpperCase in [false, true] {
                let digits = String(UInt16(byte) + 0x100, radix: 16, uppercase: isUpperCase).dropFirst()
                #expect(bytes(try #require(Secret(hexadecimal: Secret(copying: digits.utf8)))) == [byte])
            }
        }
    }

    @Test(arguments: [
        "", " ", "-", "4", "404", "4G", "40\n", "40:41", "4é", "\u{FF14}\u{FF10}", "/0", ":0", "@0", "`0",
    ])
    func `other texts are not digits of a secret`(_ text: String) {
        #expect(Secret(hexadecimal: Secret(copying: text.utf8)) == nil)
    }

    @Test func `two secrets match when all their bytes do`() {
        let secret = Secret(copying: [1, 2, 3])
        #expect(secret.matches(Secret(copying: [1, 2, 3])))
        for other: [UInt8] in [[], [1, 2], [1, 2, 3, 4], [0, 2, 3], [1, 2, 0x83]] {
            #expect(!secret.matches(Secret(copying: other)))
        }
        #expect(Secret(copying: []).matches(Secret(copying: [])))
    }

    @Test func `bytes are equal when all of them are, however they are held`() {
        let bytes: [UInt8] = [9, 1, 2, 3, 9]
        #expect(ConstantTime.areEqual(bytes[1...3], [1, 2, 3]))
        #expect(ConstantTime.areEqual([UInt8](), []))
        for other: [UInt8] in [[], [1, 2], [1, 2, 3, 4], [0, 2, 3], [1, 2, 0x83]] {
            #expect(!ConstantTime.areEqual(bytes[1...3], other))
        }
    }

    @Test func `a block has sixteen bytes, and equals another with the same`() throws {
        let block = try #require(AESBlock(0..<16))
        #expect(block.bytes == Array(0..<16))
        #expect(block == AESBlock(Array(0..<16)))
        #expect(block != .zero)
        #expect(bytes(Secret(block)) == Array(0..<16))
        for count in [0, 15, 17] { #expect(AESBlock([UInt8](repeating: 0, count: count)) == nil) }
        for index in 0..<16 {
            var other = block
            other.storage[index] ^= 0x80
            #expect(other != block)
        }
    }
}
