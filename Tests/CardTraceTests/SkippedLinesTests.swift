import TestSupport
import Testing

@testable import CardTrace

/// What a reader skips, counts and says.
@Suite struct SkippedLinesTests {
    @Test func `the first lines that are skipped are named, and all are counted`() throws {
        let lines = (0..<25).flatMap { ["00CA0100\(String(format16: $0))", "6D00", "odd \($0)"] }
        let log = try ReadLog(lines)
        #expect(log.report.exchanges == 25 && log.report.lines == 75)
        #expect(log.report.skipped.count == 25)
        #expect(log.skipped == (1...10).map { 3 * $0 })
        #expect(log.report.skipped.first.map(\.subject).first == "log, line 3")
    }

    @Test(arguments: ["nothing of cards\nat all", "\n\n  \nword"]) func `an unknown form is an error`(text: String) {
        var reader = TraceReader(file: "log")
        let error = #expect(throws: TraceFileError.self) { try reader.feed(text.utf8) + reader.finish() }
        #expect(error?.code == .unknownForm)
        #expect(reader.report.isEmpty)
        #expect(reader.report.lines == text.split(separator: "\n", omittingEmptySubsequences: false).count)
    }

    @Test func `an empty file has no line`() throws {
        var reader = TraceReader(file: "log")
        #expect(try reader.finish() == [])
        #expect(reader.report == TraceReadingReport())
    }

    /// A journal of other programs is long before the first line of pcscd.
    @Test func `lines before the form is known do not pile up`() throws {
        let noise = (0..<5000).map { "Sep 08 12:00:01 host kernel: message \($0)" }
        let log = try ReadLog(
            noise + ["Sep 08 12:00:01 host pcscd[1]: 00000001 APDU: 00 CA 01 00 00", "x pcscd[1]: SW: 6D 00"])
        #expect(log.exchanges == ["00CA010000 6D00"])
        #expect(log.report.lines == 5002 && log.report.skipped.count == 0)
    }

    @Test func `a byte order mark is no byte`() throws {
        #expect(try ReadLog("\u{FEFF}00CA010000\n6D00").exchanges == ["00CA010000 6D00"])
    }

    // MARK: Secrets

    /// A PIN in a line that cannot be read, in every form and spelling.
    @Test(arguments: [
        "00 20 00 01 04 39 38 37 3Z", "0020000104393837Z6", "00 20 00 01 04 39 38 37 36 what",
        "> 00 20 00 01 04 39 38 37 3",
        "0x00, 0x20, 0x00, 0x01, 0x04, 0x39, 0x38, 0x37, 0x3Z",
        "{ 0x00, 0x20, 0x00, 0x01, 0x04, 0x39, 0x38, 0x37, 0x36, x }",
        "00:20:00:01:04:39:38:37:3Z", "00000002 APDU: 00 20 00 01 04 39 38 37 3", "Sending: 00 20 00 01 04 39 38 37 3Z",
        "A>> T=1 (4+0004) 00200001 04 3938373Z", "00-20-00-01-04-39-38-37-36", "00 20 Z0 00 01 04 39 38 37 36",
        "[\"0020000104\", \"3938373Z\"]", #"\x00\x20\x00\x01\x04\x39\x38\x37\x3Z"#,
    ])
    func `no message shows a PIN`(line: String) throws {
        for source in [TraceSource?.none, .hex, .pcscd, .pyscard, .apdu4j, .opensc, .json, .spy] {
            var reader = TraceReader(source, file: "log")
            var texts: [String] = []
            do throws(TraceFileError) {
                for record in try reader.feed((line + "\n").utf8) + reader.finish() {
                    if case .exchange(let event) = record { texts.append(event.command.hexadecimal()) }
                }
            } catch {
                texts.append("\(error)")
            }
            texts += reader.report.skipped.first.map { "\($0)" }
            for text in texts {
                let digits = text.filter(\.isHexDigit)
                #expect(!digits.contains("3938"), "\(text)")
            }
        }
    }
}
