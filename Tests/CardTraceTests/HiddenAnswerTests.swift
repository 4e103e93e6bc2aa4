import CardTrace
import ISO7816
import TestSupport
import Testing

/// Everything that a log of hexadecimal becomes: text in every style, JSON, captures with their comments, and what is
/// said of lines that were not read.
struct AllOutputs {
    let text: String
    let files: [SecretSearch]

    /// - Parameter marked: whether lines without marks are commands and answers by turns.
    init(marked: Bool = true, _ lines: [String]) throws {
        let dictionary = try APDUDictionary()
        let log = try ReadLog(
            lines.enumerated().map { index, line in
                !marked || line.hasPrefix(">") || line.hasPrefix("<") ? line : (index % 2 == 0 ? "> " : "< ") + line
            }, as: .hex)
        var texts: [String] = log.report.skipped.first.map { "\($0) \($0.subject)" }
        var files: [SecretSearch] = []
        for format in TraceFormat.allCases {
            for style in [TraceText.Style.plain, .coloured] {
                var writer = TraceWriter(format, dictionary, style: style)
                let file = log.records.reduce(writer.start()) { $0 + writer.write($1) }
                files.append(SecretSearch(file))
                if format == .text || format == .json { texts.append(String(decoding: file, as: UTF8.self)) }
            }
        }
        text = texts.joined(separator: "\n")
        self.files = files
    }

    /// Whether any three bytes of a secret are in a text, or all of it in a file.
    func finds(_ secret: [UInt8]) -> Bool {
        TraceSecrecyTests.leak(secret, into: text) != nil || files.contains { $0.finds(secret) }
    }
}

/// Secrets in answers: beside bytes that cannot be read, in parts of an answer, and in answers that are fetched.
@Suite struct HiddenAnswerTests {
    static let number = "4761739001010119"
    static let select = ["00A4040007A0000000031010", "9000"]

    @Test(arguments: [
        // A template that is too short, with a byte that belongs to nothing behind it.
        ["00B2010C00", "70125A08\(number)9F1F023132019000"], ["00B0000000", "5A08\(number)500341429000"],
        // Behind a length that cannot be read.
        ["00B2010C00", "700D9F36805A08\(number)9000"], ["00B2010C00", "700E9F36805A8108\(number)9000"],
        ["00B2010C00", "70109F36805A830000 08\(number)9000"],
        // More is announced than follows.
        ["00B2010C00", "700D9F36805A0A\(number)9000"], ["00B2010C00", "9F36805A0A\(number)9000"],
        ["00B2010C00", "70125713\(number)D25120\(number)9000"],
        // Parts.
        ["00B2010C00", "700D9F36805A0847617390016104", "00C0000004", "010101199000"],
        ["00B2010C00", "700D9F3680\("5A610A")", "00C000000A", "08\(number)9000"],
        // Commands that nobody knows, and those that have no data.
        ["B0AA000000", "5A08\(number)9000"], ["B0AA000000", "C1025A08\(number)9000"],
        ["00B2010C00", "701D9F6B14\(number)D25120\(number)9F5F24032512319000"], ["00B2010C00", "5F2208\(number)9000"],
        ["00B2010C00", "6282", "00C0000000", "700A5A08\(number)9000"],
    ])
    func `a card number is in no output`(exchange: [String]) throws {
        for before in [[], Self.select] {
            let outputs = try AllOutputs(before + exchange)
            #expect(!outputs.finds(hex(Self.number)), "\(outputs.text)")
            #expect(outputs.text.contains("••"))
        }
    }

    /// A line that cannot be read is named without what is in it.
    @Test(arguments: ["700A5A08\(number)900", "70 0A 5A 08 \(number) 90 0Z", "5713\(number)D25120\(number)9"])
    func `a line that is skipped shows no card number`(line: String) throws {
        let outputs = try AllOutputs(["00B2010C00", line])
        #expect(!outputs.finds(hex(Self.number)), "\(outputs.text)")
        #expect(outputs.text.contains("••"))
    }

    @Test func `what is unread shows all but the secret`() throws {
        let lines = Self.select + ["00B2010C00", "70089F36809F1F0231329000"]
        let outputs = try AllOutputs(lines)
        #expect(outputs.text.contains("unread=9F36809F1F02••••"), "\(outputs.text)")
        #expect(outputs.text.contains(#""name":"unread","value":"9F36809F1F02••••""#))
        #expect(!outputs.text.contains("3132") && !outputs.text.contains("31 32"))
        let objects = try AllOutputs(["00B2010C00", "70125A08\(Self.number)9F1F023132019000"])
        #expect(objects.text.contains(#""bytes":"70125A08••••••••••••••••9F1F02••••01""#), "\(objects.text)")
    }

    /// Bytes that begin as a secret object does, but have no value of its kind, are shown.
    @Test func `digits that are not a card number are shown`() throws {
        for (answer, shown) in [("5A08AABBCCDDEEFFAABB9000", "AABBCCDDEEFFAABB"), ("5A009000", "5A00")] {
            #expect(try AllOutputs(["B0AA000000", answer]).text.contains(shown))
        }
    }

    static let kc = "A1B2C3D4E5F60718"
    static let random = "112233445566778899AABBCCDDEEFF00"

    @Test(arguments: [
        ["A088000010\(random)", "9F0C", "A0C000000C", "00112233\(kc)9000"],
        // The whole in two parts, and with a length that is corrected.
        ["A088000010\(random)", "9F0C", "A0C0000006", "00112233A1B26106", "A0C0000006", "C3D4E5F607189000"],
        ["A088000010\(random)", "9F0C", "A0C0000000", "6C0C", "A0C000000C", "00112233\(kc)9000"],
        ["A088000010\(random)", "9F0C", "A0C0000000", "6700", "A0C000000C", "00112233\(kc)9000"],
        ["A088000010\(random)", "610C", "A0C000000C", "00112233\(kc)9000"],
        ["A088000010\(random)", "9E0C", "A0C000000C", "00112233\(kc)9000"],
        ["A088000010\(random)", "9000", "A0C000000C", "00112233\(kc)9000"],
        // Fetched with another class, again, and after a command without an answer.
        ["A088000010\(random)", "9F0C", "00C000000C", "00112233\(kc)9000"],
        ["A088000010\(random)", "9F0C", "B0C000000C", "00112233\(kc)9000"],
        ["A088000010\(random)", "9F0C", "A0C000000C", "00112233\(kc)9000", "A0C000000C", "00112233\(kc)9000"],
        ["> A088000010\(random)", "> A0C000000C", "< 00112233\(kc)9000"],
    ])
    func `the key of a SIM is in no output`(lines: [String]) throws {
        let outputs = try AllOutputs(lines)
        #expect(!outputs.finds(hex(Self.kc)), "\(outputs.text)")
    }

    @Test func `an answer of a SIM is decoded where it is fetched`() throws {
        let outputs = try AllOutputs(["A088000010\(Self.random)", "9F0C", "A0C000000C", "00112233\(Self.kc)9000"])
        #expect(outputs.text.contains("SRES=00112233 Kc=••"), "\(outputs.text)")
    }

    /// Without a selection it is not known which application answers.
    @Test(arguments: [
        ["0088008122\("10" + random + "10" + random)", "DB08\(kc)109000"],
        ["0088008122\("10" + random + "10" + random)", "610B", "00C000000B", "DB08\(kc)109000"],
        ["00CA010300", "\(kc)\(kc)9000"], ["00CB3FFF055C035FC12300", "5308\(kc)9000"],
        ["002A808606000102030405", "\(kc)9000"],
    ])
    func `an answer that may be secret is in no output`(lines: [String]) throws {
        let outputs = try AllOutputs(lines)
        #expect(!outputs.finds(hex(Self.kc)), "\(outputs.text)")
    }

    @Test func `other answers to such commands are shown`() throws {
        #expect(try AllOutputs(["0088000004 01020304 00", "\(Self.kc)9000"]).text.contains(Self.kc))
        #expect(try AllOutputs(["00CB3FFF055C035FC10200", "5308\(Self.kc)9000"]).text.contains(Self.kc))
    }
}
