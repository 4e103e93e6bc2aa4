import CardTrace
import Testing

/// Logs in the forms that other programs wrap them in.
@Suite struct LogFormVariantTests {
    // MARK: Journals in JSON

    private static func entry(_ message: String, time: Int64 = 1_725_789_601_250_000, program: String = "pcscd")
        -> String
    {
        #"{"_PID":"2811","__REALTIME_TIMESTAMP":"\#(time)","SYSLOG_IDENTIFIER":"\#(program)","#
            + #""PRIORITY":"6","MESSAGE":\#(message)}"#
    }

    @Test func `a journal in JSON is read as its text`() throws {
        let log = try ReadLog([
            Self.entry(#""00000000 debuglog.c:269:DebugLogSetLevel() debug level=debug""#),
            Self.entry(#""a message""#, program: "sshd"), Self.entry("null"),
            Self.entry(#""00000100 APDU: 00 20 00 01 02 31 32 ""#),
            Self.entry(#""00000100 SW: 63 C2 ""#, time: 1_725_789_601_250_100),
            // Bytes, where the message has colours.
            Self.entry(
                "[27,91,51,54,109,\(Array("APDU: 00 CA 01 00 00".utf8).map { "\($0)" }.joined(separator: ","))]"),
            Self.entry(#""SW: 6D 00""#), #"{"__REALTIME_TIMESTAMP":"1","MESSAGE":["#, #"{"MESSAGE":7}"#,
        ])
        #expect(log.source == .pcscd)
        #expect(log.exchanges == ["0020000102•••• 63C2", "00CA010000 6D00"])
        #expect(log.events.first?.time == 1_725_789_601_250_000)
        #expect(log.events.first?.duration == .microseconds(100))
        #expect(log.report.skipped.count == 0)
    }

    @Test(arguments: ["9223372036854775807", "-9223372036854775808", "-1", "x", ""])
    func `an odd time of a journal is no trap`(time: String) throws {
        let entry = #"{"__REALTIME_TIMESTAMP":"\#(time)","SYSLOG_IDENTIFIER":"pcscd","MESSAGE":"APDU: 00 CA 01 00 00"}"#
        #expect(try ReadLog([entry]).exchanges == ["00CA010000 -"])
    }

    @Test func `a trace in JSON is no journal`() throws {
        #expect(throws: Never.self) { try ReadLog([#"{"trace":"vstore","version":1}"#]) }
        #expect(try ReadLog([#"{"trace":"vstore","version":1}"#]).source == .json)
    }

    // MARK: Loggers

    @Test(arguments: [
        "2024-09-08 12:00:01.123 [main] DEBUG apdu4j - ", "[INFO] ", "12:00:01 ", "DEBUG:root: ", "app  | ",
        "2024-09-08T12:00:01Z host gp[12]: ", "",
    ])
    func `what a logger writes before GlobalPlatformPro's lines is passed over`(prefix: String) throws {
        let log = try ReadLog(
            [
                "SCardConnect(\"Desk 0\", T=*) -> T=1, 3BFC180000813180459067464A00680804000000000E",
                "A>> T=1 (4+0008) 00A40400 08 A000000151000000 00", "A<< (0000+2) (17ms) 6A82", "a message",
                "A#1>> T=1 (4+0000) 00CA0066 00", "A#1<< (0002+2) (3ms) AABB 9000",
            ].map { prefix + $0 })
        #expect(log.source == .apdu4j)
        #expect(log.exchanges == ["00A4040008A00000015100000000 6A82", "00CA006600 AABB9000"])
        #expect(log.events.map(\.reader) == ["Desk 0", "Desk 0"])
        #expect(log.events.map(\.duration) == [.milliseconds(17), .milliseconds(3)])
        #expect(log.report.skipped.count == 0)
    }

    // MARK: Line ends

    @Test(arguments: ["\n", "\r\n", "\r", "\r\r\n", "\n\n"]) func `lines end in every way`(end: String) throws {
        let lines = ["00CA010000", "0011229000", "# a remark", "00CA010100", "6D00"]
        let text = Array(lines.map { $0 + end }.joined().utf8)
        // In pieces of each size: a CR at the end of one has not told yet what it is.
        for size in [1, 2, 7, 11, 12, text.count] {
            var reader = TraceReader(file: "log")
            var records: [TraceRecord] = []
            for start in stride(from: 0, to: text.count, by: size) {
                records += try reader.feed(text[start..<min(start + size, text.count)])
            }
            records += try reader.finish()
            #expect(records.count == 2 && reader.report.exchanges == 2, "\(size)")
            #expect(reader.report.skipped.count == 0 && reader.report.unsure.count == 0)
        }
    }

    @Test func `progress on the first line hides no line`() throws {
        let log = try ReadLog(["10%\r50%\rdone", "00CA010000", "6D00"], as: .hex)
        #expect(log.exchanges == ["00CA010000 6D00"])
    }
}
