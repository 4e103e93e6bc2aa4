import CardTrace
import Testing

/// Hexadecimal without marks, as it is in notes and in source code.
@Suite struct HexadecimalTraceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let lines: [String]
        let exchanges: [String]
        var unsure: [Int] = []
        var testDescription: String { lines.joined(separator: " / ") }
    }

    static let pairs: [Case] = [
        Case(
            lines: ["00CA010000", "0011229000", "00CA010100", "6D00"],
            exchanges: ["00CA010000 0011229000", "00CA010100 6D00"]),
        // Data that look like a command, of the length that was asked for.
        Case(
            lines: ["00B0000003", "00A4009000", "00B0000303", "01A4026282"],
            exchanges: ["00B0000003 00A4009000", "00B0000303 01A4026282"], unsure: [4]),
        // Either an answer, or READ BINARY after a command without one.
        Case(
            lines: ["00CA010000", "00B0009000", "00CA020000", "6D00"],
            exchanges: ["00CA010000 00B0009000", "00CA020000 6D00"], unsure: [2]),
        // An object whose length fits.
        Case(lines: ["00CB3FFF00", "80039000", "9000"], exchanges: ["00CB3FFF00 -", "80039000 9000"]),
        Case(lines: ["00CA010000", "00CA019000", "6A88"], exchanges: ["00CA010000 -", "00CA019000 6A88"]),
        Case(
            lines: ["0084000008", "1122334455667788 9000", "0020000104 31323334", "63C2"],
            exchanges: ["0084000008 11223344556677889000", "0020000104•••••••• 63C2"]),
        // GSM and MIFARE.
        Case(
            lines: ["A0A40000023F00", "9F16", "A0C0000016", "6700"],
            exchanges: ["A0A40000023F00 9F16", "A0C0000016 6700"]),
        Case(
            lines: ["9060000000", "91AF", "90AF000000", "0401019100"],
            exchanges: ["9060000000 91AF", "90AF000000 0401019100"]),
        // An answer's data may begin with an invalid instruction.
        Case(lines: ["00CA010000", "0061009000"], exchanges: ["00CA010000 0061009000"]),
        // Commands alone.
        Case(
            lines: ["00A4000C", "00CA010000", "00CA020000", "00CA016100", "00CA030000"],
            exchanges: ["00A4000C -", "00CA010000 -", "00CA020000 -", "00CA016100 -", "00CA030000 -"]),
        // Marks decide.
        Case(
            lines: ["> 00CA010000", "< 0011229000", "> 00CA019000", "< 6D00"],
            exchanges: ["00CA010000 0011229000", "00CA019000 6D00"]),
        Case(
            lines: ["-> 00 CA 01 00 00", "<- 6D 00", ">> 00CA020000", "<< 9000"],
            exchanges: ["00CA010000 6D00", "00CA020000 9000"]),
        Case(lines: ["00CA010000", "# a remark", "remark", "6D00"], exchanges: ["00CA010000 6D00"]),
    ]

    @Test(arguments: pairs) func `lines are paired by their form`(given: Case) throws {
        let log = try ReadLog(given.lines, as: .hex)
        #expect(log.exchanges == given.exchanges)
        #expect(log.report.unsure.first == given.unsure)
    }

    @Test func `many lines that could be both`() throws {
        let lines = (0..<200).flatMap { _ in ["00CA010000", "00B0009000"] }
        let log = try ReadLog(lines)
        #expect(log.exchanges == Array(repeating: "00CA010000 00B0009000", count: 200))
        #expect(log.report.unsure.count == 200)
        #expect(log.report.unsure.first.count == TraceReadingReport.maxNamed)
    }

    static let spellings: [[String]] = [
        ["0x00, 0xA4, 0x00, 0x0C, 0x02, 0x3F, 0x00", "0x90, 0x00"],
        ["0x00 0xA4 0x00 0x0C 0x02 0x3F 0x00", "0x90 0x00"],
        ["0X00,0XA4,0X00,0X0C,0X02,0X3F,0X00", "0x9000"], ["00,A4,00,0C,02,3F,00", "90,00"],
        ["0x00A4000C023F00", "0x9000"], ["00:a4:00:0c:02:3f:00", "90:00"], ["\"00A4000C023F00\"", "'9000'"],
        [#"\x00\xA4\x00\x0C\x02\x3F\x00"#, #""\x90\x00""#], ["00A4000C023F00  # SELECT", "9000 // done"],
        ["/* SELECT", "   the MF */ 00 A4 00 0C 02 3F 00", "90 00 ; done"],
        [
            "const uint8_t select[] = { 0x00, 0xA4, 0x00, 0x0C, 0x02, 0x3F, 0x00 };",
            "const uint8_t ok[2] = {0x90, 0x00};",
        ],
        [
            "static const BYTE select[] =", "{", "    0x00, 0xA4, // CLA INS", "    0x00, 0x0C,",
            "    0x02, 0x3F, 0x00,", "};", "{0x90,0x00}",
        ],
        ["00;A4;00;0C;02;3F;00", "90;00"], ["00;A4;00;0C;02;3F;00;  # SELECT", "90;00;"],
        ["0x00;0xA4;0x00;0x0C;0x02;0x3F;0x00 // SELECT", "0x90;0x00; done"],
        ["00 ; A4 ; 00 ; 0C ; 02 ; 3F ; 00", "90 ; 00"], ["00A4000C023F00 ; 3F00", "9000 ;ADF1"],
        ["uint8_t a[] = {0x00, 0xA4, 0x00, 0x0C, 0x02, 0x3F, 0x00}; uint8_t b[] = {0x90, 0x00}; // done"],
        ["0x00, 0xA4, 0x00, 0x0C,", "0x02, 0x3F, 0x00", "0x90, 0x00"],
        ["uint8_t log[][7] = {{0x0, 0xA4, 0x0, 0xC, 0x2, 0x3F, 0x0},", " {0x90, 0x0}};"],
        ["byte[] select = { (byte) 0x00, (byte)0xA4, 0, 12, 2, 0x3F, 0 };", "byte[] ok = {(byte) 0x90, 0};"],
        ["SELECT = [0x00, 0xA4, 0x00, 0x0C, 0x02, 0x3F, 0x00]", "[0x90, 0x00]"],
        ["[0, 164, 0, 12, 2, 63, 0]", "[144, 0]"],
        ["apdus = [", "  \"00A4000C023F00\",", "  \"9000\",", "]"],
        ["let select = [0x00u8, 0xA4u8, 0x00u8, 0x0C, 0x02, 0x3F, 0x00];", "let ok = vec![0x90_u8, 0x00_u8];"],
        ["let select = vec![", "    0x00_u8, 0xA4_u8, 0x00,", "    0x0C, 0x02, 0x3F, 0x00,", "];", "&[0x90, 0x00]"],
        ["byte[] select = {0, -92, 0, 12, 2, 63, 0};", "byte[] ok = {-112, 0};"],
        ["apdu = bytes([0x00, 0xA4, 0x00, 0x0C, 0x02, 0x3F, 0x00])", "ok = bytes([0x90, 0x00])"],
        [#"unsigned char apdu[] = "\x00\xA4\x00\x0C\x02\x3F\x00";"#, #"char ok[] = "\x90\x00";"#],
        [#"char apdu[] = "\x00\xA4\x00""#, #"    "\x0C\x02\x3F\x00";"#, #"ok = b'\x90\x00'"#],
        ["apdu = bytes.fromhex('00A4000C023F00')", "9000"],
        ["let select: [UInt8] = [0x00, 0xA4, 0x00, 0x0C, 0x02, 0x3F, 0x00]", "[0x90, 0x00]"],
    ]

    @Test(arguments: spellings) func `bytes are read as source code has them`(lines: [String]) throws {
        let log = try ReadLog(lines, as: .hex)
        #expect(log.exchanges == ["00A4000C023F00 9000"])
        #expect(log.report.skipped.count == 0)
    }

    /// Not those whose first line could be anything.
    @Test(
        arguments: spellings.filter {
            !["uint8_t log", "[0, 164", "apdus", "let select = vec", "byte[] select = {0, -"]
                .contains(where: $0[0].hasPrefix)
        })
    func `the form is recognised`(lines: [String]) throws {
        #expect(try ReadLog(lines).source == .hex)
    }

    /// A mark before each line, in the forms that people and programs write.
    static let marks: [(String, String)] = [
        (">", "<"), ("> ", "< "), ("->", "<-"), ("-> ", "<- "), ("=> ", "<= "), ("=>", "<="), (">>", "<<"),
        (">> ", "<< "), ("--> ", "<-- "), ("==>", "<=="), (">>> ", "<<< "), ("  > ", "  < "), ("→ ", "← "), ("⇒", "⇐"),
        ("» ", "« "),
    ]
    static let markedBytes: [(String, String)] = [
        ("00A4040000", "9000"), ("00 A4 04 00 00", "90 00"), ("0x00,0xA4,0x04,0x00,0x00", "0x90,0x00"),
        ("0x00 0xA4 0x04 0x00 0x00", "0x90 0x00"), ("00:a4:04:00:00", "90:00"), ("00A4040000 # SELECT", "9000 // done"),
        ("00;A4;04;00;00", "90;00"), (#"\x00\xA4\x04\x00\x00"#, #"\x90\x00"#),
    ]

    @Test(arguments: marks, markedBytes) func `marks are recognised as they are read`(
        mark: (String, String), bytes: (String, String)
    ) throws {
        let lines = [mark.0 + bytes.0, mark.1 + bytes.1, mark.0 + bytes.0, mark.1 + bytes.1]
        for source in [TraceSource?.none, .hex] {
            let log = try ReadLog(lines, as: source)
            #expect(log.exchanges == ["00A4040000 9000", "00A4040000 9000"], "\(lines)")
            #expect(log.report.skipped.count == 0)
        }
    }

    /// The answers may have marks alone, or the commands.
    @Test(arguments: [[">00A4040000", "9000"], ["00A4040000", "<9000"], ["-> 00A4040000", "9000"]])
    func `one of two lines is marked`(lines: [String]) throws {
        #expect(try ReadLog(lines).exchanges == ["00A4040000 9000"])
    }

    @Test(arguments: ["> as you wrote", "<html>", "-> 0", "---", "=======", "> 12:30 dinner", "< 9", "->", "» quoted"])
    func `marks without bytes are of no form`(line: String) {
        #expect(throws: TraceFileError.self) { try ReadLog([line]) }
    }

    /// Bytes are not left out without a word.
    @Test(arguments: [
        "00A4040000;9000", "00A4040000,9000", "00#A4#04#00#00", "00//A4//04//00//00", "00A40400#00", "00;A404;0000",
        "0x00A4,0x0400,0x12345678", "00 ; A4040000", "00;A4;04;0Z",
    ])
    func `what parts bytes in no known way is reported`(line: String) throws {
        let log = try ReadLog([line, "00CA010000", "6D00"], as: .hex)
        #expect(log.exchanges.last == "00CA010000 6D00")
        #expect(log.skipped == [1] || log.exchanges.count == 2, "\(log.exchanges)")
        #expect(!log.exchanges.contains { $0.hasPrefix("00 ") }, "\(log.exchanges)")
    }

    /// Each mark of a comment is looked behind once.
    @Test func `long lines of marks take no longer than others`() throws {
        for part in ["00;", "};a", "00;A4 ;", "}; a = {", "00#00;", "00 // "] {
            let line = String(repeating: part, count: 3000)
            #expect(try ReadLog(["00CA010000", line, line], as: .hex).exchanges.first?.hasPrefix("00CA010000") == true)
        }
    }

    @Test func `odd lines are skipped`() throws {
        let log = try ReadLog([
            "00A4000C", "what is this", "9000", "00CA0Z0000", "6A88", "00CA010000", "6D00", "uint8_t a[] = {",
            "0x00, size,", "0x01 };",
            "00CA020000", "9000", "uint8_t b[] = {", "0x00, 0xA4",
        ])
        #expect(log.exchanges == ["00A4000C 9000", "00CA010000 6D00", "00CA020000 9000"])
        #expect(log.skipped == [2, 4, 9, 13])
    }

    /// One brace does not swallow a log.
    @Test func `an array that never ends`() throws {
        let log = try ReadLog(["00A4000C", "9000", "if (x) {", "00CA010000", "6D00"])
        #expect(log.exchanges == ["00A4000C 9000", "00CA010000 6D00"])
        #expect(log.skipped == [3])
    }

    @Test func `an answer to reset is no command`() throws {
        let log = try ReadLog([
            "3B80800101", "00A4000C", "9000", "3B6F00008031806583A2010101014883079000", "00CA010000", "6D00",
        ])
        #expect(log.cardEvents.map(\.answerToReset.count).contains(5))
        #expect(log.exchanges.last == "00CA010000 6D00")
    }

    @Test func `fewer bytes than a header has are no command`() throws {
        let short = try ReadLog(["00"])
        #expect(short.exchanges == [] && short.skipped == [1])
        // A status word alone answers nothing.
        let status = try ReadLog(["9000"])
        #expect(status.exchanges == [] && status.skipped == [1])
    }
}
