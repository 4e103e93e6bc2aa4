import ISO7816
import TestSupport
import Testing

@Suite struct ATRExplanationTests {
    private func explained(_ digits: String) throws -> [String: [String]] {
        let explanation = try AnswerToReset(hex(digits)).explanation
        return Dictionary(uniqueKeysWithValues: explanation.map { ($0.name, $0.meaning) })
    }

    /// Answers to reset that readers make up for storage cards.
    @Test(arguments: [
        ("3B8F8001804F0CA000000306030001000000006A", "ISO/IEC 14443 A, part 3", "MIFARE Classic 1K"),
        ("3B8F8001804F0CA0000003060300030000000068", "ISO/IEC 14443 A, part 3", "MIFARE Ultralight"),
        ("3B8F8001804F0CA0000003060B00140000000077", "ISO/IEC 15693, part 3", "ICODE SLI"),
        ("3B8F8001804F0CA00000030611003B0000000042", "JIS X 6319-4", "FeliCa"),
        ("3B8F8001804F0CA0000003060712340000000049", "ISO/IEC 14443 B, part 3", "card name 1234, not known here"),
    ])
    func `a storage card has its standard and its name`(digits: String, standard: String, name: String) throws {
        let meaning = try explained(digits)
        #expect(meaning["T4"] == ["RID A000000306: PC/SC workgroup"])
        #expect(meaning["T9"] == [standard])
        #expect(meaning["T10"] == [name])
    }

    /// Fields of ATQB and of the answer to ATTRIB, as ISO/IEC 14443-3 codes them.
    @Test func `a card of type B has its application data, protocol info and buffer`() throws {
        let meaning = try explained("3B 88 80 01 50 A1 B2 03 33 81 75 30 BE")
        #expect(
            meaning["T1"] == [
                "fit a card of type B as a reader describes it (PC/SC part 3)",
                "application data: family 50, CRC_B of the AID A1B2, applications 03",
            ])
        #expect(meaning["T2"] == [])
        #expect(meaning["T5"] == ["protocol info: kbit/s to the card 106, 212, 424, to the reader 106, 212, 424"])
        #expect(meaning["T6"] == ["frames of at most 256 bytes, ISO/IEC 14443-4"])
        #expect(meaning["T7"] == ["frame waiting time integer 7, CID"])
        #expect(meaning["T8"] == ["MBLI 3: its buffer takes 4 frames"])
        #expect(meaning["TCK"] == ["right: the exclusive or of T0 to TCK is 0"])
        let other = try explained("3B 88 80 01 1C 2D 94 11 80 51 42 00 2E")
        #expect(other["T1"]?.last == "application data 1C2D9411, proprietary")
        #expect(other["T5"] == ["protocol info: kbit/s to the card 106, to the reader 106, the same both ways"])
        #expect(other["T7"] == ["frame waiting time integer 4, NAD"])
        #expect(other["T8"] == ["MBLI 0: no information on the card's buffer"])
    }

    /// One field each that the standard does not allow, another header, and COMPACT-TLV.
    @Test(arguments: [
        "3B 88 80 01 50 A1 B2 03 3B 81 75 30 00", "3B 88 80 01 50 A1 B2 03 33 D1 75 30 00",
        "3B 88 80 01 50 A1 B2 03 33 80 75 30 00", "3B 88 80 01 50 A1 B2 03 33 89 75 30 00",
        "3B 88 80 01 50 A1 B2 03 33 81 F5 30 00", "3B 88 80 01 50 A1 B2 03 33 81 75 31 00",
        "3B 87 80 01 50 A1 B2 03 33 81 75 00",
        "3B 88 80 01 80 31 C0 73 C8 21 10 50 00", "3F 88 80 01 50 A1 B2 03 33 81 75 30 00",
    ])
    func `bytes that do not fit are not those of a card of type B`(digits: String) throws {
        let meaning = try AnswerToReset(hex(digits)).explanation.flatMap(\.meaning)
        #expect(!meaning.contains { $0.contains("type B") })
    }

    @Test func `every byte has its name`() throws {
        let answer = try AnswerToReset(hex("3F D2 95 14 D0 90 0F F1 FE 45 01 1F C3 AA BB 9A 00"))
        #expect(
            answer.explanation.map(\.name) == [
                "TS", "T0", "TA1", "TC1", "TD1", "TA2", "TC2", "TD2", "TA3", "TB3", "TC3", "TD3", "TA4", "T1", "T2",
                "TCK", "extra",
            ])
        #expect(answer.explanation.map(\.value) == answer.bytes)
        #expect(answer.explanation.map(\.offset) == Array(answer.bytes.indices))
    }

    /// Figures computed by hand: 512 / 16 = 32 periods; 4 MHz / 32; WI 15 · 960 · 512 / 4 MHz; (11 + 2^5) · 32 / 4 MHz;
    /// 11 · 32 / 4 MHz + 2^4 · 960 · 372 / 4 MHz; guard time 12 + 20.
    @Test func `interface bytes are explained with figures`() throws {
        let meaning = try explained("3F D2 95 14 D0 90 0F F1 FE 45 01 1F C3 AA BB 9A")
        #expect(
            meaning["TA1"] == [
                "Fi 512, f(max) 5 MHz", "Di 16", "1 etu is 32 clock periods",
                "125000 bit/s at 4 MHz, 156250 bit/s at f(max)",
            ])
        #expect(meaning["TC1"] == ["N 20: guard time 32 etu between bytes to the card"])
        #expect(meaning["TD1"] == ["TA2, TC2, TD2 follow", "T=0: bytes, half duplex"])
        #expect(meaning["TA2"]?.first == "specific mode: T=0 without negotiation")
        #expect(meaning["TC2"] == ["WI 15: with T=0 a byte comes within 1.843 s at 4 MHz, 1.474 s at f(max)"])
        #expect(meaning["TA3"] == ["IFSC: the card takes up to 254 bytes in a block"])
        #expect(
            meaning["TB3"] == [
                "BWI 4: a block comes within 1.428 s at 4 MHz, 1.142 s at f(max)",
                "CWI 5: bytes of a block come within 0.344 ms at 4 MHz, 0.275 ms at f(max)",
            ])
        #expect(meaning["TC3"] == ["blocks are checked by a CRC"])
        #expect(meaning["TA4"] == ["clock stop: in either state", "operating class A (5 V), B (3 V)"])
        #expect(meaning["TCK"] == ["right: the exclusive or of T0 to TCK is 0"])
    }

    @Test(
        arguments: [
            ("3B 20 00", "TB1", ["VPP is not connected"]),
            ("3B 20 25", "TB1", ["programming voltage 5 V, at most 50 mA; deprecated, readers ignore it"]),
            ("3B 40 FF", "TC1", ["N 255: the minimum guard time, 12 etu with T=0 and 11 etu with T=1"]),
            ("3B 10 7A", "TA1", ["Fi is reserved for future use", "Di is reserved for future use"]),
            ("3B 80 40 00", "TC2", ["WI 0 is reserved for future use"]),
            ("3B 80 80 1F 00 9F", "TA3", ["clock stop: not supported", "no operating class"]),
            ("3B 80 80 2F 80 AF", "TB3", ["the contact SPU (C6) has a proprietary use"]),
            ("3B 80 81 11 FF EF", "TA3", ["IFSC 255 is reserved for future use"]),
        ] as [(String, String, [String])])
    func `one byte`(digits: String, name: String, meaning: [String]) throws {
        #expect(try explained(digits)[name] == meaning)
    }

    /// 80 31 E8 73 C8 00 13: service data and capabilities of ISO/IEC 7816-4, 12.1.1.
    @Test func `historical bytes are explained`() throws {
        let broken = try explained("3B 04 80 31 E8 73")
        #expect(broken["T1"] == ["category indicator whose rules the rest breaks"])
        let good = try explained("3B 07 80 31 E8 73 C8 01 13")
        #expect(good["T1"] == ["category indicator: COMPACT-TLV data objects follow"])
        #expect(good["T2"] == ["tag 3, 1 byte: card service data"])
        #expect(
            good["T3"] == [
                "applications are selected by full DF name", "applications are selected by partial DF name",
                "data objects in EF.DIR", "EF.DIR and EF.ATR are read by READ BINARY", "the card has an MF",
            ])
        #expect(good["T4"] == ["tag 7, 3 bytes: card capabilities"])
        #expect(
            good["T5"] == [
                "DF by full name", "DF by partial name", "implicit DF selection",
            ])
        #expect(
            good["T6"] == [
                "write functions: one-time write", "FF is invalid as the first byte of a BER-TLV tag",
                "a data unit is 2 half bytes",
            ])
        #expect(good["T7"] == ["channel numbers are assigned by the interface device", "4 logical channels"])
    }

    @Test func `the status indicator is explained`() throws {
        let meaning = try explained("3B 04 00 05 90 00")
        #expect(meaning["T1"]?.first?.contains("status indicator") == true)
        #expect(meaning["T2"] == ["life cycle: operational, activated"])
        #expect(meaning["T3"]?.first?.hasPrefix("status 9000") == true)
    }

    @Test func `what was lost is a problem only where that is allowed`() throws {
        let bytes = hex("3B 26 00 11 01 6D 03")
        #expect(throws: ATRError(.truncated, offset: 7)) { try AnswerToReset(bytes) }
        let answer = try AnswerToReset(incomplete: bytes)
        #expect(answer.problems == [.missingHistoricalBytes(count: 2)])
        #expect(Array(answer.historicalBytes) == [0x11, 0x01, 0x6D, 0x03])
        #expect(answer.explanation.count == 7)
        #expect(throws: ATRError(.truncated, offset: 2)) { try AnswerToReset(incomplete: hex("3B F0")) }
    }

    /// Any bytes at all: either an error, or as many explanations as bytes.
    @Test func `any bytes are explained or refused`() throws {
        var random = SeededGenerator(seed: 7816)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...36, using: &random)
            var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            if count > 0, random.next() % 8 != 0 { bytes[0] = random.next() % 2 == 0 ? 0x3B : 0x3F }
            do throws(ATRError) {
                let answer = try AnswerToReset(incomplete: bytes)
                #expect(answer.explanation.map(\.value) == bytes)
            } catch {
                #expect(error.offset <= bytes.count)
            }
        }
    }
}
