import GlobalPlatform
import ISO7816
import TestSupport
import Testing

/// The public data of a card, decoded.
@Suite struct CardIdentityTests {
    static let production =
        "47906A1582314176009661330000114A1424114261331143613311446133130B00000000000000000000"

    @Test(arguments: ["", "9F7F2A", "9F7F812A", "9F7F82002A"]) func `production data`(header: String) {
        let data = ProductionLifeCycle(hex(header + Self.production))
        #expect(data.faults.isEmpty)
        let values = ProductionLifeCycle.Field.allCases.map { data[$0].map { hexadecimal([UInt8]($0)) } }
        #expect(
            values == [
                "4790", "6A15", "8231", "4176", "0096", "6133", "0000114A", "1424", "1142", "6133", "1143", "6133",
                "1144", "6133", "130B0000", "0000", "0000", "00000000",
            ])
        #expect(data.fabricatorName == "NXP")
        #expect(data.date(.operatingSystemReleaseDate)?.description == "day 176 of a year ending in 4")
        #expect(data.date(.icFabricationDate).map { [$0.yearDigit, $0.day] } == [6, 133])
        #expect(data.date(.icPersonalizationDate) == nil)
        #expect(data.date(.icType) == nil, "not a date")
    }

    @Test(arguments: [("0000", nil), ("4366", 366), ("4367", nil), ("4A01", nil), ("9001", 1), ("FFFF", nil)])
    func `a date has a digit of the year and a day`(digits: String, day: Int?) {
        #expect(ProductionLifeCycle.Date(hex(digits))?.day == day)
    }

    @Test func `production data that are too short`() throws {
        for count in 0..<42 {
            for header in ["", "9F7F2A", "9F7F\(hexadecimal([UInt8(count)]))"] {
                let data = ProductionLifeCycle(hex(header) + hex(Self.production).prefix(count))
                #expect(data.bytes.count == count)
                #expect(data.faults.last?.code == .tooShort)
                #expect((data[.icFabricator] != nil) == (count >= 2))
                #expect((data[.icSerialNumber] != nil) == (count >= 16))
                #expect(data[.icPersonalizationEquipment] == nil)
            }
        }
        let fault = try #require(ProductionLifeCycle(hex(Self.production).dropLast(29)).faults.first)
        #expect("\(fault)".contains("13 bytes instead of 42, up to IC serial number"))
    }

    @Test func `production data that are too long`() {
        let data = ProductionLifeCycle(hex("9F7F2A" + Self.production + "0102"))
        #expect(data[.icPersonalizationEquipment].map(Array.init) == [0, 0, 0, 0])
        #expect(data.faults.map(\.code) == [.wrongLength, .tooLong])
        #expect(data.faults.map(\.offset) == [2, 45])
        let lying = ProductionLifeCycle(hex("9F7F20" + Self.production))
        #expect(lying[.icFabricator].map(Array.init) == [0x47, 0x90])
        #expect(lying.faults.map(\.code) == [.wrongLength])
    }

    @Test(arguments: [
        ("420412345678", "12345678"), ("12345678", "12345678"), ("42032345678F", "2345678"), ("4203123456", "123456"),
        ("420312345F", "12345"), ("42123456", "42123456"), ("4204ABCDEF01", "ABCDEF01"), ("4200", ""), ("", ""),
        ("42811012345678", "12345678"),
    ])
    func `the issuer's number`(answer: String, number: String) {
        #expect(CardNumber(hex(answer), .issuer).description == number)
    }

    @Test func `numbers with a wrong length`() {
        #expect(CardNumber(hex("420612345678"), .issuer).faults.map(\.code) == [.wrongLength])
        #expect(CardNumber(hex("420612345678"), .issuer).description == "12345678")
        #expect(CardNumber(hex("450401020304"), .image).description == "01020304")
        #expect(CardNumber(hex("450412345FFF"), .image).description == "12345FFF", "not BCD by definition")
    }

    @Test func `capabilities`() {
        let data = CardCapabilityInformation(
            hex(
                "674B" + "A00780010281021555"
                    + "A00C8001038104001060708201"
                    + "07" + "A00E800181810200018302" + "00AE" + "840140" + "8103DFFE80" + "82031E0300" + "830401020304"
                    + "84018B" + "85020B01" + "86020800" + "87024002" + "8803000308"))
        #expect(data.protocols.map(\.name) == ["SCP02", "SCP03", "SCP81"])
        #expect(data.protocols.first?.options == [0x15, 0x55])
        #expect(data.protocols[1].options == [0x00, 0x10, 0x60, 0x70])
        #expect(data.protocols[1].keyBits == [128, 192, 256])
        #expect(data.protocols[2].tlsCipherSuites == [0x00AE])
        #expect(data.protocols[2].maxPreSharedKeyBytes == 64)
        #expect(data.securityDomainPrivileges?.names.first == "Security Domain")
        #expect(data.securityDomainPrivileges?.names.contains("Receipt Generation") == true)
        #expect(
            data.applicationPrivileges?.names == [
                "Card Lock", "Card Terminate", "Card Reset", "CVM Management", "Final Application", "Global Service",
            ])
        #expect(data.loadFileHashes == ["SHA-1", "SHA-256", "SHA-384", "SHA-512"])
        #expect(data.loadFileCiphers == ["3DES (16 bytes)", "AES-128", "AES-256", "ICV supported"])
        #expect(
            data.tokenSignatures == [
                "RSA-1024 PKCS#1 v1.5 SHA-1", "RSA PSS SHA-256", "AES-128 CMAC", "ECDSA 512 SHA-512",
            ])
        #expect(data.receiptSignatures == ["AES-128 CMAC"])
        #expect(data.dapSignatures == ["ECDSA 256 SHA-256", "ECDSA 521 SHA-512"])
        #expect(data.curves == ["P-256", "brainpoolP256r1", "brainpoolP512t1"])
        #expect(data.unknown.isEmpty)
    }

    @Test func `capabilities within themselves, and with what is unknown`() {
        let data = CardCapabilityInformation(hex("6711" + "670F" + "A00780010281021555" + "8301FF" + "8E0101"))
        #expect(data.protocols.map(\.name) == ["SCP02"])
        #expect(data.loadFileHashes == ["FF"])
        #expect(data.unknown.map(\.tag) == [0x8E])
        let short = CardCapabilityInformation(hex("6705" + "A00780010281021555"))
        #expect(short.protocols.first?.options == [0x15, 0x55])
        #expect(short.faults.map(\.code) == [.wrongLength])
    }

    @Test func `keys`() {
        let basic = KeyInformationTemplate(hex("E012" + "C00401FF8010" + "C00402308810" + "C0041170A080"))
        #expect(basic.keys.map(\.version) == [0xFF, 0x30, 0x70])
        #expect(basic.keys.map { $0.components.map(\.name) } == [["DES"], ["AES"], ["RSA public exponent"]])
        #expect(basic.faults.isEmpty)
        let several = KeyInformationTemplate(hex("C0061170A103A080" + "C0041271B041"))
        #expect(several.keys.first?.components.map(\.count) == [3, 128])
        #expect(several.keys.last?.components.map(\.name) == ["EC public key"])
        // FF, type, length of two bytes; then usage and access.
        let extended = KeyInformationTemplate(hex("E011" + "C00F1170FFA10100FFA000030238000100"))
        #expect(extended.keys.first?.components.map(\.count) == [256, 3])
        #expect(extended.keys.first?.usage == [0x38, 0x00])
        #expect(extended.keys.first?.access == [0x00])
        #expect(extended.faults.isEmpty)
        let bare = KeyInformationTemplate(hex("C0060130FF880010"))
        #expect(bare.keys.first?.components.map(\.count) == [16])
        #expect(bare.faults.isEmpty)
    }

    @Test func `keys with wrong lengths`() {
        let data = KeyInformationTemplate(hex("E012" + "C00301FF80" + "C00402308810" + "C0040330"))
        #expect(data.keys.map(\.identifier) == [1, 2, 3])
        #expect(data.keys[1].components.map(\.count) == [16])
        #expect(data.faults.contains { $0.code == .truncated })
        #expect(data.faults.contains { $0.code == .tooShort })
    }

    @Test func `card data`() {
        let data = CardData(
            hex(
                "664C734A06072A864886FC6B01600C060A2A864886FC6B02020101630906072A864886FC6B03640B06092A864886FC6B040255"
                    + "650B06092B8510864864020103660C060A2B060104012A026E0102"))
        #expect(data.faults.isEmpty)
        #expect(data.version == "2.1.1")
        #expect(data.offers.map(\.description) == ["SCP02 i=55"])
        #expect(
            data.items.map(\.meaning) == [
                "GlobalPlatform card", "GlobalPlatform 2.1.1", "GlobalPlatform identification by 42 and 45",
                "SCP02 i=55", nil, "Java Card 2",
            ])
        #expect(data.items.last?.identifier == "1.3.6.1.4.1.42.2.110.1.2")
        #expect(data.items[4].identifier == "1.3.656.840.100.2.1.3")
    }

    @Test(arguments: [("048000", "SCP80 i=00"), ("0410", ""), ("040370", "SCP03 i=70"), ("041001", "SCP10 i=01")])
    func `protocols of card data`(arcs: String, text: String) {
        let identifier = "2A864886FC6B" + arcs
        let count = hex(identifier).count
        func object(_ tag: UInt8, _ value: [UInt8]) -> [UInt8] { [tag, UInt8(value.count)] + value }
        let data = CardData(object(0x66, object(0x73, object(0x64, object(0x06, hex(identifier))))))
        #expect(count < 20)
        #expect(data.offers.map(\.description).joined() == text)
    }

    @Test(arguments: [
        // 66, 73, the last 64 or its 06 with a wrong length.
        ("6640", "732F", "640B0609"), ("6610", "732F", "640B0609"), ("6631", "7340", "640B0609"),
        ("6631", "7310", "640B0609"), ("6631", "732F", "64200609"), ("6631", "732F", "640B0620"),
    ])
    func `card data with wrong lengths`(outer: String, inner: String, last: String) {
        let data = CardData(
            hex(
                outer + inner + "06072A864886FC6B01600C060A2A864886FC6B02020101630906072A864886FC6B03" + last
                    + "2A864886FC6B040215"))
        #expect(data.version == "2.1.1")
        #expect(!data.faults.isEmpty)
        #expect(data.items.count == 4)
    }

    @Test func `a data object that the card refuses does not prevent the others`() throws {
        let card = AnsweredCard { command in
            switch (command.p1, command.p2) {
            case (0x9F, 0x7F): hex("6985")
            case (0x00, 0x42): hex("4204123456789000")
            case (0x00, 0x67): hex("6F00")
            default: hex("6A88")
            }
        }
        let identity = try card.cardIdentity()
        #expect(identity.issuerNumber?.description == "12345678")
        #expect(identity.failures.map(\.subject) == ["GET DATA 0067", "GET DATA 9F7F"])
        #expect(identity.failures.map(\.status) == [StatusWord(0x6F00), .conditionsNotSatisfied])
        #expect(identity.data == nil && identity.production == nil)
    }

    @Test(arguments: ["6281", "6282", "6300"])
    func `data with a warning are read, and the warning is named`(status: String) throws {
        let card = AnsweredCard { command in
            switch (command.p1, command.p2) {
            case (0x00, 0x42): hex("4204123456" + status)
            case (0x00, 0xE0): hex("E006C00401FF8010" + status)
            case (0x9F, 0x7F): hex(status)
            default: hex("6A88")
            }
        }
        let identity = try card.cardIdentity()
        #expect(identity.issuerNumber?.description == "123456")
        #expect(identity.keys?.keys.count == 1 && identity.keys?.warning?.bytes == hex(status))
        #expect(identity.failures.map(\.code) == [.warned, .refused, .warned])
        #expect(identity.failures.map(\.subject) == ["GET DATA 0042", "GET DATA 9F7F", "GET DATA 00E0"])
        #expect(try card.keyInformationTemplate()?.keys.map(\.version) == [0xFF])
        #expect(throws: GlobalPlatformError(.warned, "")) { try card.keyInformation() }
    }

    @Test func `what a card gave before it answered no more is kept`() throws {
        struct Lost: Error {}
        let card = AnsweredCard { command in
            guard command.p2 != 0x45 else { throw Lost() }
            return command.p2 == 0x42 ? hex("42041234567890 00") : hex("6A88")
        }
        let identity = try card.cardIdentity()
        #expect(identity.issuerNumber?.description == "12345678")
        #expect(identity.failures.map(\.code) == [.noAnswer])
        #expect(card.parameters == ["0066", "0067", "0042", "0045"])
        #expect(throws: GlobalPlatformError(.noAnswer, "")) { try AnsweredCard { _ in throw Lost() }.cardIdentity() }
    }

    @Test func `a card that knows GET DATA only by class 00`() throws {
        let card = AnsweredCard { $0.cla == 0x00 ? hex("4204123456789000") : hex("6E00") }
        #expect(try card.getData(0x0042) == hex("420412345678"))
        #expect(try AnsweredCard { _ in hex("6E00") }.getData(0x0042) == nil)
    }

    @Test func `no bytes break the decoders`() {
        var random = SeededGenerator(seed: 14)
        let starts: [[UInt8]] = [
            [], [0x66], [0x66, 0x20, 0x73], [0x67, 0x20, 0xA0], [0xE0], [0xC0, 0x08, 1, 1, 0xFF], [0x9F, 0x7F], [0x42],
        ]
        for _ in 0..<20_000 {
            let start = starts[Int.random(in: starts.indices, using: &random)]
            let bytes = start + random.bytes(Int.random(in: 0...50, using: &random))
            let faults =
                CardData(bytes).faults + CardCapabilityInformation(bytes).faults + KeyInformationTemplate(bytes).faults
                + ProductionLifeCycle(bytes).faults + CardNumber(bytes, .issuer).faults
                + CardNumber(bytes, .image).faults
            #expect(faults.allSatisfy { (0...bytes.count).contains($0.offset) })
            _ = CardData(bytes).items.map(\.meaning)
            _ = CardData(bytes).offers
        }
    }
}
