import CardTrace
import ISO7816
import TestSupport
import Testing

/// What a trace shows and hides: the secret field alone is hidden, and names come from template and context.
@Suite struct ShownAnswerTests {
    /// The two lines of the last of these exchanges, without dictionary of its own.
    private static func lines(_ exchanges: [(String, String)], _ dictionary: APDUDictionary? = nil) throws -> [String] {
        var decoder = TraceDecoder(try dictionary ?? APDUDictionary())
        var last: [String] = []
        for (command, answer) in exchanges {
            let event = TraceEvent(
                time: nil, reader: "R", command: MaskedBytes(hex(command)),
                outcome: .response(MaskedBytes(hex(answer))),
                duration: nil)
            last = TraceText().lines(for: decoder.decode(event))
        }
        return last
    }

    /// A selection, where one is needed, the exchange, and the words of its two lines.
    @Test(arguments: [
        (
            "", "00A40800045015503200", "6F158102003D820101830250328608FF000000000000009000",
            "SELECT path from the MF  file=50155032",
            "done  bytes in the file with structure=61 file descriptor=01 file identifier=5032 "
                + "security attribute, proprietary=FF00000000000000"
        ),
        (
            "", "00A40004025032", "6F07820101830250329000", "SELECT MF, DF or EF by identifier  file=5032",
            "done  file descriptor=01 file identifier=5032"
        ),
        (
            "", "00A4040008A0000006472F0001", "5532465F56329000",
            "SELECT by DF name  AID=A0000006472F0001 (FIDO security key)",
            "done  data objects=5532465F5632  (byte 2: 32 where 04 bytes follow)"
        ),
        (
            "", "84F28000024F0000", "08A0000000030000000F9E9000",
            "GET STATUS issuer security domain control=0  application identifier=",
            "done  entries=AID=A000000003000000 (issuer security domain (Open Platform)) life cycle=0F privileges=9E"
        ),
        (
            "", "80F24000024F0000", "05D2760001240700" + "06A000000308010F80" + "9000",
            "GET STATUS applications and security domains control=0  application identifier=",
            "done  entries=AID=D276000124 life cycle=07 privileges=00, AID=A00000030801 life cycle=0F privileges=80"
        ),
        (
            "", "00A4040007A000000003101000", "6F1B8407A0000000031010A50F5004564953419F38039F1A028701019000",
            "SELECT by DF name  AID=A0000000031010 (Visa)",
            "done  DF name=A0000000031010 (Visa) application label=VISA PDOL=9F1A02 application priority indicator=01  "
                + "(byte 2: 1B where 1A bytes follow)"
        ),
        (
            "", "002241B806840102950140", "9000",
            "MANAGE SECURITY ENVIRONMENT set, to compute confidentiality template  key reference=02 usage qualifier=40",
            "done"
        ),
        (
            "", "002281B606800110830101", "9000",
            "MANAGE SECURITY ENVIRONMENT set, to verify digital signature template  "
                + "cryptographic mechanism reference=10 public or secret key reference=01",
            "done"
        ),
        ("", "0022F301", "9000", "MANAGE SECURITY ENVIRONMENT restore environment=1", "done"),
        (
            "", "002241B609830102930400000001", "9000",
            "MANAGE SECURITY ENVIRONMENT set, to compute digital signature template  "
                + "public or secret key reference=02 digital signature counter=00000001", "done"
        ),
        (
            "", "0022C1A4068A018C850101", "9000",
            "MANAGE SECURITY ENVIRONMENT set authentication template  auxiliary data=8C null block=01", "done"
        ),
        (
            "", "00A40000023F00", "6F138202380083023F008A01058C0200008D022F039000",
            "SELECT MF, DF or EF by identifier  file=3F00",
            "done  file descriptor=3800 file identifier=3F00 life cycle status=05 security attribute, compact=0000 "
                + "file with security environments=2F03"
        ),
        (
            "", "0CCA00000D9701008E08783AE2DE4731D3A700", "8304AABBCCDD990290008E08783AE2DE4731D3A79000",
            "GET DATA  Le=00 MAC=783AE2DE4731D3A7",
            "done  cryptogram=AABBCCDD status word=9000 MAC=783AE2DE4731D3A7"
        ),
        (
            "", "0CB000000D9701008E08783AE2DE4731D3A700", "870901533CCAB073BDC828990290008E08783AE2DE4731D3A79000",
            "READ BINARY  Le=00 MAC=783AE2DE4731D3A7",
            "done  cryptogram (9 bytes) status word=9000 MAC=783AE2DE4731D3A7"
        ),
        (
            "00A4040007A000000003101000", "80A8000002830000", "770A82021980940408010100" + "9000",
            "GET PROCESSING OPTIONS  command template=",
            "done  application interchange profile=1980 application file locator=08010100"
        ),
        ("", "8010000002FFFF", "9110", "TERMINAL PROFILE  profile=FFFF", "done, a proactive command of 16 bytes waits"),
        (
            "", "8012000010", "D00E81030125008202818285034162639000", "FETCH",
            "done  number=1 command=SET UP MENU qualifier=00 from=UICC to=terminal alpha identifier=Abc"
        ),
        (
            "", "80F2000000", "620B8202782183023F008001059000", "STATUS no indication",
            "done  file descriptor=7821 file identifier=3F00 bytes in the file without structure=5"
        ),
        (
            "00A4040010A0000005591010FFFFFFFF890000010000", "80E2910006BF3E035C015A",
            "BF3E125A10890490320010012345678901234567899000", "STORE DATA last block  GetEuiccData tag list=5A",
            "done  GetEuiccData EID (16 bytes)"
        ),
        (
            "00A4040010A0000005591010FFFFFFFF890000010000", "80E2910003BF2D00",
            "BF2D18A016E3145A0A9892090121436587090F9F70010192024D799000",
            "STORE DATA last block  GetProfilesInfo",
            "done  GetProfilesInfo ICCID (10 bytes) state=enabled profile name=My"
        ),
        (
            "", "00A4040009A0000003080000100000", "9000",
            "SELECT by DF name  AID=A00000030800001000 (PIV card application)", "done"
        ),
        (
            "00A404000BA000000308000010000100", "00CB3FFF055C035FC10200", "530A3019D4E739DA739CED399000",
            "GET DATA  object=CHUID (5FC102)", "done  object's data (10 bytes)"
        ),
    ])
    func `what is no secret is shown with its names`(
        selection: String, command: String, answer: String, asked: String, answered: String
    ) throws {
        let lines = try Self.lines((selection.isEmpty ? [] : [(selection, "9000")]) + [(command, answer)])
        #expect(lines[0].hasSuffix("  \(asked)"), "\(lines[0])")
        #expect(lines[1].hasSuffix("\(hex(answer).suffix(2).hexadecimal())  \(answered)"), "\(lines[1])")
        #expect(!lines.joined().contains("••"))
    }

    /// A card number in its places, with and without a selection, in data objects that are whole, cut or among others.
    @Test(
        arguments: [
            ("00B2010C00", "70145A0847617390010100105F3401015F24032512319000", 4..<12),
            ("00B2010C00", "70145A0847617390010100105F3401015F2403259000", 4..<12),
            ("00B2010C00", "700F5A0A476173900101001012349000", 4..<14),
            ("00B2010C00", "701357114761739001010010D2512201000000000F9000", 4..<21),
            ("00B0000000", "0102035A084761739001010010FFFF9000", 5..<13),
            ("80CA9F1700", "5A0847617390010100109000", 2..<10),
            ("00CA005A00", "5A0847617390010100109000", 2..<10),
        ], ["", "00A4040007A000000003101000", "00A4040006F2345678900100"])
    func `a card number is hidden, and it alone`(
        exchange: (command: String, answer: String, hidden: Range<Int>), selection: String
    ) throws {
        var decoder = TraceDecoder(try APDUDictionary())
        for (command, answer) in (selection.isEmpty ? [] : [(selection, "9000")]) + [
            (exchange.command, exchange.answer)
        ] {
            let decoded = decoder.decode(
                TraceEvent(
                    time: nil, reader: "R", command: MaskedBytes(hex(command)),
                    outcome: .response(MaskedBytes(hex(answer))), duration: nil))
            guard answer == exchange.answer, case .response(let response) = decoded.outcome else { continue }
            #expect(response.bytes.maskedRanges == [exchange.hidden], "\(response.bytes.hexadecimal())")
        }
    }

    /// In parts the position of the secret is known as soon as its tag is.
    @Test func `an answer in parts hides the card number in each`() throws {
        var decoder = TraceDecoder(try APDUDictionary())
        let parts = [
            ("00B2010C00", "70145A0847616110", [4..<6]),
            ("00C0000010", "7390010100105F3401015F24032512319000", [0..<6]),
        ]
        for (command, answer, hidden) in parts {
            let decoded = decoder.decode(
                TraceEvent(
                    time: nil, reader: "R", command: MaskedBytes(hex(command)),
                    outcome: .response(MaskedBytes(hex(answer))), duration: nil))
            guard case .response(let response) = decoded.outcome else { return }
            #expect(response.bytes.maskedRanges == hidden)
        }
    }

    /// Bytes that are masked already, as in a file, stay so in the fields, and the rest has its names.
    @Test func `what is masked already is not shown as zeros`() throws {
        var answer = MaskedBytes(hex("70145A0847617390010100105F3401015F24032512319000"))
        answer.mask(15..<16)
        var decoder = TraceDecoder(try APDUDictionary())
        let decoded = decoder.decode(
            TraceEvent(
                time: nil, reader: "R", command: MaskedBytes(hex("00B2010C00")), outcome: .response(answer),
                duration: nil))
        let line = TraceText().lines(for: decoded)[1]
        #expect(line.contains("sequence number=••") && line.contains("expiration date=251231"), "\(line)")
    }

    @Test func `a dictionary of the user is asked first`() throws {
        var dictionary = try APDUDictionary()
        try dictionary.add(
            json: Array(
                """
                {"name": "own", "applies": "guess", "commands": [{"name": "OWN READ", "cla": ["00"], "ins": ["B0"]}],
                "tags": [{"tag": "50", "name": "own label", "kind": "ascii"}]}
                """.utf8), file: "own.json")
        #expect(try Self.lines([("00B0000000", "9000")], dictionary)[0].contains("OWN READ"))
        let select = ("00A4040007A000000003101000", "6F0F8407A0000000031010A5045002414 29000".filter { $0 != " " })
        #expect(try Self.lines([select], dictionary)[1].contains("own label=AB"))
    }
}
