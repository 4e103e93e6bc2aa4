import CardTrace
import ISO7816
import TestSupport
import Testing

/// Which card's names a command, its answer and its status word get.
@Suite struct NamedCommandTests {
    /// The words of the last of these exchanges, command and answer, behind the bytes.
    private static func words(
        _ exchanges: [(String, String)], answerToReset: String = ""
    ) throws -> (command: String, answer: String) {
        var decoder = TraceDecoder(try APDUDictionary())
        var lines = ["", ""]
        for (command, answer) in exchanges {
            lines = TraceText(byteLimit: 1).lines(
                for: decoder.decode(
                    TraceEvent(
                        time: nil, reader: "R", command: MaskedBytes(hex(command)),
                        outcome: .response(MaskedBytes(hex(answer))), duration: nil,
                        answerToReset: hex(answerToReset))))
        }
        let words = lines.map { $0.split(separator: "  ", maxSplits: 1).last.map(String.init) ?? "" }
        return (words[0], words[1])
    }

    private static let unknown = ("00A4040006F2345678900100", "9000")
    private static let visa = ("00A4040007A000000003101000", "9000")

    // MARK: Data objects with faults

    /// Records and objects with a fault, which name what is before it and where it is.
    @Test(arguments: [
        ("00B2010C00", "70125F24032512315F2A0209789000", "(byte 2: 12 where 0B bytes follow)"),
        ("00B2010C00", "700A5F24032512315F2A02099000", "(byte 11: 02 where 01 bytes follow)"),
        ("00B2010C00", "70035F240A9000", "(byte 5: 0A where 00 bytes follow)"),
        ("00CA006E00", "6E0A4F05D2760001245F529000", "length field)"),
        ("00CA5F5000", "5F500C687474703A2F2F9000", "(byte 3: 0C where 07 bytes follow)"),
        ("00B0000000", "70095F24032512315F2A029000", "(byte 11: "),
    ])
    func `the place of a fault is shown whatever is selected`(command: String, answer: String, place: String) throws {
        for selection in [[], [Self.unknown], [Self.visa]] {
            let words = try Self.words(selection + [(command, answer)]).answer
            #expect(words.contains("  (byte "), "\(words)")
            #expect(words.contains(place), "\(words)")
        }
    }

    /// Bytes that begin as a data object may, and parts of a file, have no fault.
    @Test(arguments: [
        ("00B0000008", "70125F24032512319000"), ("00B0000000", "700102039000"), ("00B0000000", "5A9000"),
        ("00B2010C00", "700102039000"), ("00B0000004", "608101009000"),
    ])
    func `what may be anything has no fault`(command: String, answer: String) throws {
        let words = try Self.words([(command, answer)]).answer
        #expect(!words.contains("(byte"), "\(words)")
    }

    @Test func `a card number behind a wrong length is hidden`() throws {
        let words = try Self.words([("00B2010C00", "70145F340A5A084761739001010010" + "5F24" + "9000")]).answer
        #expect(!words.contains("4761739001010010"), "\(words)")
    }

    // MARK: Classes

    @Test(arguments: [
        ("905A00000300000000", "9100", "SELECT APPLICATION  application=000000", "done"),
        ("905A00000301020300", "91A0", "SELECT APPLICATION  application=010203", "no such application"),
        (
            "900A0000010000", "112233445566778891AF", "AUTHENTICATE  key=00",
            "an additional frame follows  challenge=1122334455667788"
        ),
        ("90AF000000", "0491AF", "ADDITIONAL FRAME", "an additional frame follows  data=04"),
        (
            "90BD0000070100000020000000", "91BE", "READ DATA  file=01 offset=000000 length=200000",
            "beyond the file's end"
        ),
        ("90FE000000", "9110", "unknown command", "unknown status word"),
        ("8010000002FFFF", "9110", "TERMINAL PROFILE  profile=FFFF", "done, a proactive command of 16 bytes waits"),
        (
            "00A40004023F00", "9110", "SELECT MF, DF or EF by identifier  file=3F00",
            "done, a proactive command of 16 bytes waits"
        ),
        ("FFCA000000", "9110", "GET DATA", "unknown status word"),
    ])
    func `a status word means what it does for cards of the class`(
        command: String, answer: String, asked: String, answered: String
    ) throws {
        for selection in [[], [Self.unknown]] {
            let words = try Self.words(selection + [(command, answer)])
            #expect(words.command.hasPrefix(asked), "\(words)")
            #expect(words.answer == answered, "\(words)")
        }
    }

    @Test func `a new key of DESFire is hidden`() throws {
        var decoder = TraceDecoder(try APDUDictionary())
        let event = TraceEvent(
            time: nil, reader: "R", command: MaskedBytes(hex("90C40000050011223344")),
            outcome: .response(MaskedBytes(hex("9100"))), duration: nil)
        let lines = TraceText().lines(for: decoder.decode(event))
        #expect(lines[0].contains("CHANGE KEY") && !lines[0].contains("22 33"), "\(lines)")
    }

    // MARK: The application after a reset

    private static let purseAnswer = "3B89018067565374" + "6F72653157"

    /// Exchanges of cards that are not known, or known to be others.
    @Test(arguments: [
        [("00CA010100", "6A88")], [("00CA010000", "6A82")], [("00CA010000", "6D00")], [("00CA010000", "01029000")],
        [("00B0000000", "01029000"), ("00CA010000", "00112233445566778899AABBCCDDEE9000")],
        [("8050000008112233445566778800", "6A88")], [("00CA010000", "610E")],
    ])
    func `a card that is not known has no names of the purse`(exchanges: [(String, String)]) throws {
        let words = try Self.words(exchanges)
        #expect(words.command.hasPrefix("GET DATA") || words.command.hasPrefix("INITIALIZE UPDATE"), "\(words)")
        #expect(!words.command.contains("purse") && !words.command.contains("element"), "\(words)")
        #expect(!words.answer.contains("purse") && !words.answer.contains("such application"), "\(words)")
        let other = try Self.words([exchanges[exchanges.count - 1]], answerToReset: "3B8080018001")
        #expect(!other.command.contains("purse") && !other.command.contains("element"), "\(other)")
    }

    @Test func `an unknown command of an unknown card has no status text of the purse`() throws {
        #expect(try Self.words([("D0FE0102", "6E00")]).answer == "class not supported")
        #expect(
            try Self.words([("D0FE0102", "6E00")], answerToReset: Self.purseAnswer).answer == "CLA neither 00 nor 80")
    }

    @Test func `the purse is known by its answer to reset, a SELECT, or data that have the layout`() throws {
        let asked = ("00CA010100", "6A88")
        let element = ("00CA010000", "00A1B2C310011234" + "00000000000000" + "9000")
        let purse = ("00A4040007F05653544F524500", "9000")
        #expect(try Self.words([asked], answerToReset: Self.purseAnswer).answer == "no such purse")
        #expect(try Self.words([purse, asked]).answer == "no such purse")
        #expect(try Self.words([element]).command == "GET DATA element")
        #expect(try Self.words([element, asked]).answer == "no such purse")
        #expect(try Self.words([("00CA010000", "610F")]).command == "GET DATA element")
        let fetched = try Self.words([("00CA010000", "610F"), ("00C000000F", element.1)])
        #expect(fetched.answer.contains("EID=00A1B2C3-10-011234"))
        let opening = ("805001011800A1B2C330010001918C54234106D5F8ADE69D54A5830B3E00", "6A88")
        #expect(try Self.words([opening]).answer == "no such key, or no slot of this PID")
        // After a reset it is still the same card.
        var decoder = TraceDecoder(try APDUDictionary())
        _ = decoder.decode(try TraceDecodingTests.event(purse.0, purse.1))
        decoder.reset()
        #expect(decoder.decode(try TraceDecodingTests.event(asked.0, asked.1)).name == "GET DATA purse")
    }

    // MARK: Commands of GlobalPlatform

    private static let mac = "1122334455667788"

    /// INSTALL and others, of both forms of MAC, with the security domain selected and without.
    @Test(
        arguments: [
            (
                "80E60C002007A0000000035350" + "08A000000003535041" + "08A000000003535041" + "0100" + "02C900" + "00",
                "INSTALL for install and make selectable  load file=A0000000035350 (Visa) module=A000000003535041 (Visa) "
                    + "application=A000000003535041 (Visa) privileges=none (00) application parameters="
            ),
            (
                "80E6020016" + "07D2760001240102" + "08A000000151000000" + "00" + "02EF00" + "00",
                "INSTALL for load  load file=D2760001240102 (OpenPGP card) "
                    + "security domain=A000000151000000 (issuer security domain) system parameters"
            ),
            (
                "80E620000E" + "0000" + "08A000000151000000" + "000000",
                "INSTALL for personalization  "
                    + "application=A000000151000000 (issuer security domain)"
            ),
            (
                "84E60C0028" + "07A0000000035350" + "08A000000003535041" + "08A000000003535041" + "0104" + "02C900"
                    + "00"
                    + mac,
                "INSTALL for install and make selectable  load file=A0000000035350 (Visa) module=A000000003535041 (Visa) "
                    + "application=A000000003535041 (Visa) privileges=card reset (04) application parameters= "
                    + "MAC=1122334455667788"
            ),
            (
                "84E40000124F08A000000003000001" + mac,
                "DELETE  application identifier=A000000003000001 (Visa) MAC=1122334455667788"
            ),
            (
                "84E400001A4F08A000000003000001" + mac + mac,
                "DELETE  application identifier=A000000003000001 (Visa)"
            ),
            ("80E40000024F00", "DELETE  application identifier="),
            (
                "84F280000A4F00" + mac,
                "GET STATUS issuer security domain control=0  application identifier= MAC=1122334455667788"
            ),
            (
                "84F0800710A000000151000000" + mac,
                "SET STATUS of=128 state=7  AID=A000000151000000 (issuer security domain) "
                    + "MAC=1122334455667788"
            ),
        ] as [(String, String)])
    func `commands of GlobalPlatform name their data`(command: String, words: String) throws {
        for selection in [[], [("00A4040008A00000015100000000", "9000")]] {
            let shown = try Self.words(selection + [(command, "009000")]).command
            #expect(shown == words)
        }
    }

    /// What does not have the layout, as encrypted data, is shown as bytes.
    @Test(arguments: ["80E60C0003" + "07A000", "84E6020003" + "01FF85", "80E60C0004" + "000000FF"])
    func `data that do not have the layout are bytes`(command: String) throws {
        #expect(try Self.words([(command, "6A80")]).command.contains("  data="))
    }

    /// With the class of secure messaging, the last bytes are a MAC, also of data that are encrypted.
    @Test(arguments: [
        ("84E400001A4F08A000000003000001" + mac + mac, 16), ("84E60C0018" + mac + mac + mac, 8),
        ("84F2800008" + mac, 8),
    ])
    func `the MAC is behind the data`(command: String, length: Int) throws {
        var decoder = TraceDecoder(try APDUDictionary())
        let decoded = decoder.decode(try TraceDecodingTests.event(command, "9000"))
        let last = try #require(decoded.fields.last)
        #expect(last.name == "MAC" && last.value == .bytes(hex(String(command.suffix(2 * length)))))
        #expect(decoded.leftover == 0)
    }

    @Test func `the production life cycle has its fields`() throws {
        let cplc = "9F7F2A" + (0..<42).map { UInt8($0) }.hexadecimal() + "9000"
        let answer = try Self.words([("80CA9F7F00", cplc)]).answer
        #expect(answer.contains("fabricator=0001 type=0203") && answer.contains("serial number=0C0D0E0F"), "\(answer)")
        #expect(answer.contains("personalization equipment=26272829"), "\(answer)")
        // Of one that is cut, what is there, and where it ends.
        let short = try Self.words([("80CA9F7F00", "9F7F03000102" + "9000")]).answer
        #expect(short.hasSuffix("life cycle fabricator=0001 unread=02  (byte 7: 1 byte is missing)"), "\(short)")
    }

    /// The key information of GlobalPlatform Card Specification 2.3.1, 11.3.3.1, in both forms, and with wrong lengths.
    @Test(arguments: [
        (
            "E00CC00401FF8010C00402FF8810",
            "done  key information key=1 version=255 components=type=DES (80) length=16 "
                + "key information key=2 version=255 components=type=AES (88) length=16"
        ),
        (
            "E00DC00B0120FF880010011C0101",
            "done  key information key=1 version=32 type=AES (88) length=16 usage=1C access=01  "
                + "(byte 2: 0D where 0C bytes follow; byte 4: 0B where 0A bytes follow)"
        ),
        (
            "E00CC00A0120FF880010011C0101",
            "done  key information key=1 version=32 type=AES (88) length=16 usage=1C access=01"
        ),
        (
            "E00CC00A0173FFB00041FFF00001",
            "done  key information key=1 version=115 type=EC public key (B0) length=65 "
                + "type=EC curve reference (F0) length=1"
        ),
        (
            "E011C00401FF8010C00302FF80C00403FF8810",
            "done  key information key=1 version=255 components=type=DES (80) length=16 "
                + "key information key=2 version=255 components=type=DES (80) "
                + "key information key=3 version=255 components=type=AES (88) length=16  (byte 14: 1 byte is missing)"
        ),
        (
            "E006C00501FF8010",
            "done  key information key=1 version=255 components=type=DES (80) length=16  (byte 4: 05 where 04 bytes follow)"
        ),
        (
            "E009C00701FF80108810 80",
            "components=type=DES (80) length=16, type=AES (88) length=16, type=DES (80)  (byte 12: 1 byte is missing)"
        ),
    ])
    func `key information is decoded as far as it goes`(answer: String, words: String) throws {
        let shown = try Self.words([("80CA00E000", answer.filter { $0 != " " } + "9000")]).answer
        #expect(shown.hasSuffix(words), "\(shown)")
    }

    // MARK: Names

    @Test(arguments: [
        ("A0000006472F0001", "FIDO security key"), ("A000000063504B43532D3135", "PKCS#15"),
        ("A0000002471001", "travel document (ICAO)"), ("D2760000850101", "NDEF tag"),
        ("A000000018434D00", "issuer security domain (Gemalto)"), ("A0000005272101", "OATH (Yubico)"),
        ("D2760000850100", "MIFARE DESFire"), ("A00000015141434C00", "access rules of the secure element (ARA-M)"),
    ])
    func `a common application has a name`(application: String, name: String) throws {
        let length = String(application.count / 2 + 0x100, radix: 16, uppercase: true).dropFirst()
        let words = try Self.words([("00A40400\(length)\(application)", "9000")]).command
        #expect(words == "SELECT by DF name  AID=\(application) (\(name))")
    }

    @Test(arguments: [[], [("00A404000CA000000063504B43532D313500", "9000")], [unknown]])
    func `a status word is no empty data object of another card`(selection: [(String, String)]) throws {
        #expect(try Self.words(selection + [("00B0000002", "90009000")]).answer == "done  data=9000")
        #expect(try Self.words(selection + [("00B0000004", "9F3600009000")]).answer == "done  data=9F360000")
    }

    @Test(arguments: [
        ("00B2010C00", "READ RECORD record=1 SFI=1 by number"),
        ("00B202BD00", "READ RECORD record=2 SFI=23 from this on"),
    ])
    func `READ RECORD of EMV has SFI and mode`(command: String, words: String) throws {
        #expect(try Self.words([Self.visa, (command, "6A83")]).command == words)
    }

    @Test func `a key's import is not called the end of the card`() throws {
        #expect(try Self.words([("00FE079A020102", "9000")]).command.hasPrefix("IMPORT ASYMMETRIC KEY RSA 2048"))
        #expect(try Self.words([("00FE0000", "6985")]).command == "TERMINATE CARD USAGE")
        #expect(try Self.words([("00FE0102", "6985")]).command == "unknown command")
    }
}
