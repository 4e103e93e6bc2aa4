import CardCrypto
import ISO7816
import Testing

@Suite struct PINTests {
    private func pin(_ digits: String) throws -> PINDigits {
        var ascii = Array(digits.utf8)
        let pin = PINDigits(taking: &ascii)
        #expect(ascii.isEmpty)
        return try #require(pin)
    }

    private func bytes(_ secret: Secret) -> [UInt8] { secret.withBytes { Array($0) } }

    @Test func `blocks`() throws {
        let four = try pin("1234")
        #expect(bytes(try four.block(.ascii(count: 8))) == [0x31, 0x32, 0x33, 0x34, 0xFF, 0xFF, 0xFF, 0xFF])
        #expect(bytes(try four.block(.ascii(count: nil))) == [0x31, 0x32, 0x33, 0x34])
        #expect(bytes(try four.block(.ascii(count: 6, fill: 0))) == [0x31, 0x32, 0x33, 0x34, 0, 0])
        // ISO 9564-1, format 2: control 2, length, digits, fill F.
        #expect(bytes(try four.block(.iso9564Format2)) == [0x24, 0x12, 0x34, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])
        let five = try pin("12345")
        #expect(bytes(try five.block(.iso9564Format2)) == [0x25, 0x12, 0x34, 0x5F, 0xFF, 0xFF, 0xFF, 0xFF])
        #expect(bytes(try five.block(.bcd(count: 4))) == [0x12, 0x34, 0x5F, 0xFF])
        #expect(
            bytes(try pin("123456789012").block(.iso9564Format2)) == [0x2C, 0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0xFF])
    }

    @Test func `what does not fit`() throws {
        #expect(throws: InterindustryError(.outOfRange, "")) { try pin("123").block(.iso9564Format2) }
        #expect(throws: InterindustryError(.outOfRange, "")) { try pin("123456789").block(.ascii(count: 8)) }
        for text in ["", "12a4", "12345678901234567", "１２３４"] {
            var ascii = Array(text.utf8)
            #expect(PINDigits(taking: &ascii) == nil)
        }
    }

    @Test func `it is not shown`() throws {
        let four = try pin("1234")
        var dumped = ""
        dump(four, to: &dumped)
        dump(try four.block(.ascii(count: 8)), to: &dumped)
        #expect(!("\(four) \(String(reflecting: four)) \(dumped)").contains("1"))
        #expect(!dumped.contains("49"))
        #expect(four.matches(try pin("1234")))
        #expect(!four.matches(try pin("1235")))
        #expect(!four.matches(try pin("12345")))
    }
}
