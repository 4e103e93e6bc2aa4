import CardTrace
import ISO7816
import TestSupport
import Testing

/// Of a command that carries a secret, the secret field alone is hidden.
@Suite struct SecretFieldTests {
    static let key = "C71D5EA93384F62B904CE8751ABD62DF"
    static let mask = String(repeating: "••", count: 16)
    static let mac = "A1A2A3A4A5A6A7A8"

    struct Case: Sendable, CustomTestStringConvertible {
        /// Exchanges before the command, as lines.
        var before: [String] = []
        let command: String
        var answer = "9000"
        /// The command as it is shown.
        let shown: String
        /// What the line of the command ends with.
        let words: String
        var testDescription: String { command }
    }

    static let domain = ["00A4040008A000000151000000", "9000"]

    /// A secure channel of this protocol and security level.
    static func session(_ version: String, level: String, status: String = "9000") -> [String] {
        let answer = "00010203040506070809" + "30" + version + (version == "03" ? "70" : "") + mac + mac
        return domain + [
            "8050000008\(mac)00", answer + "9000", "8482\(level)0010B1B2B3B4B5B6B7B8C1C2C3C4C5C6C7C8", status,
        ]
    }

    static let piv = ["00A404000BA000000308000010000100", "9000"]

    static let cases: [Case] = [
        // The expected length is no part of a PIN, in either form.
        Case(
            command: "0020008108313233343536373800", shown: "0020008108" + String(repeating: "••", count: 8) + "00",
            words: "VERIFY reference=129  reference data=••"),
        Case(
            command: "00200081000008 3132333435363738 0000",
            shown: "00200081000008" + String(repeating: "••", count: 8) + "0000",
            words: "VERIFY reference=129  reference data=••"),
        Case(
            command: "0020008108313233343536373800AA",
            shown: "00200081" + String(repeating: "••", count: 11), words: "reference data=••"),
        Case(
            command: "FF82200006" + "A0A1A2A3A4A5", shown: "FF82200006" + String(repeating: "••", count: 6),
            words: "••"),
        // PUT KEY: version, types, lengths and check values are shown, with a MAC too.
        Case(
            before: domain, command: "80D80081 17 30 80 10 \(key) 03 112233 00",
            shown: "80D8008117308010\(mask)0311223300",
            words: "new key version=48 keys=type=80 key=•• check value=112233"),
        Case(
            before: domain, command: "80D80081 18 30 88 11 10 \(key) 03 112233",
            shown: "80D800811830881110\(mask)03112233",
            words: "new key version=48 keys=type=88 length=17 key=•• check value=112233"),
        Case(
            before: domain, command: "84D80081 1F 30 80 10 \(key) 03 112233 A1A2A3A4A5A6A7A8 00",
            shown: "84D800811F308010\(mask)03112233A1A2A3A4A5A6A7A800",
            words: "keys=type=80 key=•• check value=112233 MAC=A1A2A3A4A5A6A7A8"),
        Case(
            before: domain, command: "80D80081 2D 30 80 10 \(key) 03 112233 80 10 \(key) 03 445566",
            shown: "80D800812D308010\(mask)031122338010\(mask)03445566",
            words: "keys=type=80 key=•• check value=112233, type=80 key=•• check value=445566"),
        Case(command: "80D80081 17 30 80 10 \(key) 03 112233", shown: "80D8008117308010\(mask)03112233", words: ""),
        // The MAC of secure channel protocol 03 can have 16 bytes.
        Case(
            before: domain, command: "84D80081 28 30 88 11 10 \(key) 03 112233 \(mac)\(mac) 00",
            shown: "84D80081283088 1110\(mask)03112233\(mac)\(mac)00",
            words: "keys=type=88 length=17 key=•• check value=112233"),
        Case(
            before: domain, command: "84D80081 27 30 80 10 \(key) 03 112233 \(mac)\(mac)",
            shown: "84D8008127308010\(mask)03112233\(mac)\(mac)", words: "keys=type=80 key=•• check value=112233"),
        // Encrypted data are none of these fields, also where they look like them, but in their own session alone.
        Case(
            before: session("02", level: "03"), command: "84D80081 20 30 88 11 10 \(key) 03 112233 \(mac) 00",
            shown: "84D8008120" + String(repeating: "••", count: 32) + "00",
            words: "PUT KEY key version=0 key=129  encrypted data=•• MAC=••"),
        Case(
            before: session("03", level: "33"), command: "84D80081 28 \(key)\(key) \(mac)",
            shown: "84D8008128" + String(repeating: "••", count: 40), words: "encrypted data=•• MAC=••"),
        Case(
            before: session("03", level: "03"), command: "84D80081 30 \(key)\(key) \(mac)\(mac)",
            shown: "84D8008130" + String(repeating: "••", count: 48), words: "encrypted data=•• MAC=••"),
        Case(
            before: session("02", level: "03"), command: "84E40000 10 4F06010203040506 \(mac)",
            shown: "84E40000104F06010203040506\(mac)",
            words: "DELETE  encrypted data=4F06010203040506 MAC=\(mac)"),
        Case(
            before: session("02", level: "01"), command: "84D80081 20 30 88 11 10 \(key) 03 112233 \(mac)",
            shown: "84D80081203088 1110\(mask)03112233\(mac)",
            words: "keys=type=88 length=17 key=•• check value=112233"),
        Case(
            before: session("02", level: "03", status: "6300"),
            command: "84D80081 20 30 88 11 10 \(key) 03 112233 \(mac)",
            shown: "84D80081203088 1110\(mask)03112233\(mac)", words: "keys=type=88 length=17 key=••"),
        Case(
            before: session("02", level: "03") + domain, command: "84D80081 20 30 88 11 10 \(key) 03 112233 \(mac)",
            shown: "84D80081203088 1110\(mask)03112233\(mac)", words: "keys=type=88 length=17 key=••"),
        Case(
            before: session("02", level: "03") + session("02", level: "01").dropFirst(2),
            command: "84D80081 20 30 88 11 10 \(key) 03 112233 \(mac)",
            shown: "84D80081203088 1110\(mask)03112233\(mac)", words: "keys=type=88 length=17 key=••"),
        Case(
            before: session("02", level: "03"), command: "80D80081 18 30 88 11 10 \(key) 03 112233",
            shown: "80D80081183088 1110\(mask)03112233", words: "keys=type=88 length=17 key=••"),
        // Where a length is wrong, what stands before it is shown, and its place.
        Case(
            before: domain, command: "80D80081 17 30 80 11 \(key) 03 112233",
            shown: "80D80081 17 308011" + String(repeating: "••", count: 20),
            words: "new key version=48 keys=type=80 key=•• unread=••  (byte 26: the length does not fit)"),
        Case(
            before: domain, command: "80D80081 17 30 80 10 \(key) 04 112233",
            shown: "80D80081 17 308010" + String(repeating: "••", count: 20),
            words: "new key version=48 keys=type=80 key=•• unread=••  (byte 25: the length does not fit)"),
        Case(
            before: domain, command: "80D80081 17 30 80 0F \(key) 03 112233",
            shown: "80D80081 17 3080" + String(repeating: "••", count: 21),
            words: "new key version=48 keys=type=80 unread=••  (byte 8: the length does not fit)"),
        Case(
            before: domain, command: "80D80081 2B 30 80 10 \(key) 03 112233 80 10 \(key) 03 44",
            shown: "80D80081 2B 308010\(mask)03112233 8010" + String(repeating: "••", count: 18),
            words: "key=•• check value=112233, type=80 key=•• unread=••  (byte 47: the length does not fit)"),
        Case(
            before: domain, command: "80D80081 12 30 80 \(key)",
            shown: "80D8008112" + String(repeating: "••", count: 18), words: "keys=••"),
        // Secure messaging hides a PIN by itself; a plain value is one.
        Case(
            command: "0C200081 1D 8711 01 \(key) 8E08 A1A2A3A4A5A6A7A8 00",
            shown: "0C2000811D871101\(key)8E08A1A2A3A4A5A6A7A800", words: "MAC=A1A2A3A4A5A6A7A8"),
        Case(
            command: "0C240081 20 8711 01 \(key) 970100 8E08 A1A2A3A4A5A6A7A8 00",
            shown: "0C24008120871101\(key)9701008E08A1A2A3A4A5A6A7A800", words: "Le=00 MAC=A1A2A3A4A5A6A7A8"),
        Case(
            command: "0C200081 10 8104 31323334 8E08 A1A2A3A4A5A6A7A8 00",
            shown: "0C200081108104••••••••8E08A1A2A3A4A5A6A7A800", words: "plain value=•• MAC=A1A2A3A4A5A6A7A8"),
        Case(
            command: "0C200081 08 3132333435363738", shown: "0C20008108" + String(repeating: "••", count: 8),
            words: "reference data=••"),
        Case(
            command: "0C200081 08 241234FFFFFFFFFF", shown: "0C20008108" + String(repeating: "••", count: 8),
            words: "reference data=••"),
        // ENVELOPE of a terminal, and one that carries a command.
        Case(
            command: "80C2000009D30782020181900101", shown: "80C2000009D30782020181900101",
            words: "menu selection from=keypad to=UICC item identifier=1"),
        Case(
            command: "A0C2000009D30782020181900101", shown: "A0C2000009D30782020181900101",
            words: "menu selection from=keypad to=UICC item identifier=1"),
        Case(
            command: "00C20000090020008104313233 34", shown: "00C2000009" + String(repeating: "••", count: 9),
            words: "ENVELOPE  command=••"),
        Case(
            command: "80C20000090020008104313233 34", shown: "80C2000009" + String(repeating: "••", count: 9), words: ""
        ),
        // STORE DATA says whether it is encrypted.
        Case(
            before: domain, command: "80E2900006 4204 01020304", shown: "80E2900006420401020304",
            words: "issuer identification number=01020304"),
        Case(
            before: domain, command: "80E2800006 4204 01020304", shown: "80E2800006420401020304",
            words: "issuer identification number=01020304"),
        Case(
            before: domain, command: "84E290000E 4204 01020304 A1A2A3A4A5A6A7A8",
            shown: "84E290000E420401020304A1A2A3A4A5A6A7A8", words: "MAC=A1A2A3A4A5A6A7A8"),
        Case(
            before: domain, command: "84E2900016 4204 01020304 \(mac)\(mac)",
            shown: "84E2900016420401020304\(mac)\(mac)", words: "issuer identification number=01020304"),
        Case(
            before: domain, command: "84E2900022 C010 \(key) \(mac)\(mac)",
            shown: "84E2900022C010\(mask)\(mac)\(mac)", words: "C0=••"),
        Case(
            before: domain, command: "84E288001F 0101 0C 700A 5A08 4761739001010119 \(mac)\(mac)",
            shown: "84E288001F01010C700A5A08" + String(repeating: "••", count: 8) + mac + mac,
            words: "grouping=0101 data="),
        Case(
            before: domain, command: "80E2E00006 4204 01020304",
            shown: "80E2E00006" + String(repeating: "••", count: 6),
            words: "personalisation data=••"),
        Case(
            before: domain, command: "80E2900012 C010 \(key)", shown: "80E2900012C010\(mask)", words: "C0=••"),
        Case(
            before: domain, command: "80E2880013 8000 10 \(key)", shown: "80E2880013800010\(mask)",
            words: "grouping=8000 data=••"),
        Case(
            before: domain, command: "80E288000F 0101 0C 700A 5A08 4761739001010119",
            shown: "80E288000F01010C700A5A08" + String(repeating: "••", count: 8), words: ""),
        // Passwords and keys of contactless memories.
        Case(
            command: "FF00000009D442011B12345678AA00", shown: "FF00000009D442011B••••••••••00", words: ""),
        Case(command: "FF00000008D4421B12345678AA", shown: "FF00000008D4421B••••••••••", words: ""),
        Case(command: "FF00000008D440011B12345678", shown: "FF00000008D440011B••••••••", words: ""),
        Case(command: "FF00000009D44001A22B12345678", shown: "FF00000009D44001A22B••••••••", words: ""),
        Case(command: "FF00000009D44001A20412345678", shown: "FF00000009D44001A20412345678", words: ""),
        Case(
            command: "FF0000000BD440016004 A0A1A2A3A4A5",
            shown: "FF0000000BD440016004" + String(repeating: "••", count: 6),
            words: ""),
        Case(
            command: "FFD6000710 A0A1A2A3A4A5 FF078069 B0B1B2B3B4B5",
            shown: "FFD6000710••••••••••••FF078069••••••••••••", words: ""),
        Case(command: "FFD6002B04 12345678", shown: "FFD6002B04••••••••", words: ""),
        Case(command: "FFD6000410\(key)", shown: "FFD6000410\(key)", words: ""),
    ]

    @Test(arguments: cases) func `the secret field alone is hidden`(given: Case) throws {
        let command = given.command.filter { $0 != " " }
        let answer = given.answer.filter { $0 != " " }
        let log = try ReadLog(given.before + ["> " + command, "< " + answer])
        let event = try #require(log.events.last)
        var decoder = TraceDecoder(try APDUDictionary())
        let decoded = try #require(log.events.map { decoder.decode($0) }.last)
        #expect(decoded.command.hexadecimal() == given.shown.filter { $0 != " " })
        let words = TraceText().lines(for: decoded)[0]
        #expect(words.contains(given.words), "\(words)")
        // What is read from a trace that is masked is the same again.
        var again = TraceDecoder(try APDUDictionary())
        let second = try #require((log.events.dropLast() + [decoded.event]).map { again.decode($0) }.last)
        #expect(second.command == decoded.command)
        #expect(event.command.count == command.utf8.count / 2)
    }

    /// A signature of RSA whose padding is that of PSS (RFC 8017, 9.1.1: it ends in BC), by a key that signs; what another
    /// key makes of such bytes may be a plaintext.
    @Test(arguments: [("9A", true), ("9C", true), ("9E", true), ("9D", false), ("82", false)])
    func `a signature of PSS is shown`(reference: String, isShown: Bool) throws {
        let padded = String(repeating: "3A", count: 255) + "BC"
        let template = "7C820106820081820100" + padded
        let answer = "7C8201048282 0100".filter { $0 != " " } + String(repeating: "C7", count: 256) + "9000"
        let whole = ["008707\(reference)00010A" + template + "0000", answer]
        let parts = [
            "108707\(reference)F8" + String(template.prefix(2 * 248)), "9000",
            "008707\(reference)12" + String(template.suffix(2 * 18)) + "00", answer,
        ]
        for lines in [whole, parts] {
            let outputs = try AllOutputs(Self.piv + lines)
            #expect(outputs.finds(hex("C7C7C7C7")) == isShown, "\(outputs.text.suffix(900))")
            #expect(outputs.finds(hex("3A3A3ABC")))
            #expect(!outputs.text.contains("(byte"), "\(outputs.text.suffix(900))")
        }
    }

    @Test func `a comparison shows the expected length`() {
        let rows = AlignedBytes(
            MaskedBytes(masking: hex("0020008108313233343536373800")),
            MaskedBytes(masking: hex("00200081083132333435363738")))
        #expect(rows.first.hasSuffix("•• 00"))
        #expect(rows.marks.hasSuffix("^^") && rows.marks.filter { $0 == "^" }.count == 2)
    }

    // MARK: PIV

    /// A signature is not secret; what a key decrypts is.
    @Test(arguments: [
        ("0087119A 26 7C24 8200 8120 \(key + key) 00", "7C06 8204 30020102 9000", "signature=30020102"),
        (
            "0087119D 45 7C43 8200 853F 04\(String(repeating: "AB", count: 62)) 00", "7C06 8204 30020102 9000",
            "response=••"
        ),
        ("0087079A 07 7C05 8200 8101AA 00", "7C06 8204 30020102 9000", "response=••"),
        ("0087039B 04 7C02 8100 00", "7C0A 8108 0102030405060708 9000", "challenge=0102030405060708"),
    ])
    func `signatures are shown`(command: String, answer: String, words: String) throws {
        let lines = Self.piv + [command, answer].map { $0.filter { $0 != " " } }
        let log = try ReadLog(["> " + lines[0], "< " + lines[1], "> " + lines[2], "< " + lines[3]])
        var decoder = TraceDecoder(try APDUDictionary())
        let decoded = try #require(log.events.map { decoder.decode($0) }.last)
        let texts = TraceText().lines(for: decoded)
        #expect(texts[1].contains(words), "\(texts)")
        #expect(!texts[0].contains("response=••"), "\(texts[0])")
    }
}
