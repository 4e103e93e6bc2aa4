import CardTrace
import Testing

/// UICC, PIV and OpenPGP card, by exchanges from their specifications.
@Suite struct CardDictionariesTests {
    private func lines(_ exchanges: [(String, String)]) throws -> [String] {
        var decoder = TraceDecoder(try APDUDictionary())
        return try exchanges.flatMap { command, answer in
            TraceText().lines(for: decoder.decode(try TraceDecodingTests.event(command, answer)))
        }
    }

    @Test func `a USIM`() throws {
        let lines = try lines([
            ("00A4040410A0000000871002FFFFFFFF890709000000", "9000"), ("00A40804047FFF6F07", "9000"),
            ("00A40004026F07", "621482054121000000830266078A0105800200098801389000"), ("80F200000C", "6C1F"),
            ("0088008122" + String(repeating: "10", count: 34), "DB08" + String(repeating: "5A", count: 8) + "9000"),
            ("801200000B", "D009810301250082028182" + "9110"),
        ])
        #expect(lines[4].contains("SELECT by identifier  file=EF IMSI (6F07)"))
        #expect(lines[6].contains("STATUS"))
        #expect(lines[8].contains("AUTHENTICATE"))
        #expect(lines[9].contains("result and keys=••") && !lines[9].contains("5A"))
        #expect(lines[10].contains("FETCH"))
        #expect(
            lines[11].contains("command=SET UP MENU") && lines[11].contains("from=UICC to=terminal"), "\(lines[11])")
        #expect(lines[11].contains("a proactive command of 16 bytes waits"))
    }

    @Test func `GSM`() throws {
        let lines = try lines([("A0A40000027F20", "9F17"), ("A0C0000002", "00019000")])
        #expect(lines[0].contains("SELECT  file=DF GSM (7F20)"))
        #expect(lines[1].contains("23 bytes wait"))
    }

    @Test func `PIV`() throws {
        let lines = try lines([
            ("00A404000BA000000308000010000100", "9000"),
            ("00CB3FFF055C035FC10200", "53 03 010203 9000".filter { $0 != " " }),
            ("0020008008" + "313233343536FFFF", "63C2"), ("0087079A047C02810000", "7C0481020A0B9000"),
        ])
        #expect(lines[2].contains("GET DATA  object=CHUID (5FC102)"))
        #expect(lines[4].contains("VERIFY PIV PIN  reference data=••") && !lines[4].contains("31 32"))
        #expect(lines[6].contains("GENERAL AUTHENTICATE RSA 2048 PIV authentication"))
        #expect(lines[7].contains("challenge=0A0B"))
    }

    @Test func `OpenPGP`() throws {
        let lines = try lines([
            ("00A4040006D27600012401", "9000"), ("00CA00C400", "007F7F7F0300039000"),
            ("00DB3FFF0B4D09" + "B6007F4800112233AA", "9000"), ("002A808603000102", "C0FFEE9000"),
        ])
        #expect(lines[2].contains("GET DATA PW status"))
        #expect(lines[3].contains("PW1 tries=3") && lines[3].contains("PW3 tries=3"))
        #expect(lines[4].contains("private key=••") && !lines[4].contains("11 22"))
        #expect(lines[7].contains("plaintext=••") && !lines[7].contains("C0 FF"))
    }

    /// Secret data objects are masked at their offset, also in a command's data, which does not start at its first
    /// byte.
    @Test func `a secret object of a command is masked`() throws {
        let lines = try lines([
            ("00A404000BA000000308000010000100", "9000"),
            ("0087079A0A7C08820411223344810000", "9000"),
        ])
        #expect(lines[2].contains("response=••"))
        #expect(!lines[2].contains("11 22") && !lines[2].contains("33 44"))
    }
}
