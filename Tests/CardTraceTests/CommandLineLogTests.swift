import CardTrace
import Testing

/// Logs of pyscard, scriptor, apdu4j and GlobalPlatformPro.
@Suite struct CommandLineLogTests {
    @Test func `scriptor resets cards`() throws {
        let log = try ReadLog([
            "Using given card reader: Desk 0", "Using T=1 protocol", "Using given file: s.apdu", "reset", "> RESET",
            "< OK: 3B 89 01 80 67 56 53 74 6F 72 65 31 57 ", "00 CA 01 00 00", "> 00 CA 01 00 00",
            "< 00 A1 B2 C3 10 01 12 34 00 00 00 00 00 00 00 90 ", "00 : Normal processing.", "> RESET",
            "< KO: Card was removed.", "00CA020000", "> 00 CA 02 00 00 ",
            "< 6D 00 : Instruction code not supported or invalid.",
        ])
        #expect(log.source == .pyscard)
        #expect(log.exchanges == ["00CA010000 00A1B2C310011234000000000000009000", "00CA020000 6D00"])
        #expect(log.cardEvents.map(\.kind) == [.reset])
        #expect(log.cardEvents.map(\.answerToReset.count) == [13])
        #expect(Set(log.records.map(\.reader)) == ["Desk 0"])
        #expect(log.events.map(\.answerToReset.count) == [13, 13])
        #expect(log.report.skipped.count == 0)
    }

    /// The program's first lines go to standard error and may not be in the log.
    @Test(arguments: [16, 17, 31, 32, 33, 48]) func `wrapped answers are put together`(count: Int) throws {
        let bytes = (0..<count).map { String(format16: $0) } + ["90", "00"]
        var lines = ["> 00 CA 01 00 00"]
        for start in stride(from: 0, to: bytes.count, by: 16) {
            let isLast = start + 16 >= bytes.count
            lines.append(
                (start == 0 ? "< " : "") + bytes[start..<min(start + 16, bytes.count)].joined(separator: " ")
                    + (isLast ? " : Normal processing." : " "))
        }
        let log = try ReadLog(lines + ["> 00 CA 02 00 00", "< 90 00 : Normal processing."])
        #expect(log.exchanges == ["00CA010000 \(bytes.joined())", "00CA020000 9000"])
        #expect(log.report.skipped.count == 0)
    }

    @Test func `pyscard of every age`() throws {
        let log = try ReadLog([
            "connecting to Desk 0", "> 00 CA 01 00 00", "< 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 90 00",
            "00 11 22 33", "reconnecting to Desk 1", "> 00 CA 02 00 00", "<  [] 90 0 ", "> 00 CA 03 00 00",
            "<  [] 6A 82", "unknown event: x", "disconnecting from Desk 1",
        ])
        #expect(
            log.exchanges == [
                "00CA010000 000102030405060708090A0B0C0D9000", "00CA020000 9000", "00CA030000 6A82",
            ])
        #expect(log.events.map(\.reader) == ["Desk 0", "Desk 1", "Desk 1"])
    }

    @Test(arguments: ["# ", ""]) func `GlobalPlatformPro's calls may be comments`(mark: String) throws {
        let log = try ReadLog([
            "# GlobalPlatformPro v20.01.23", "# Detected readers from JNA2PCSC", "[*] Desk 0",
            "\(mark)SCardConnect(\"Desk 0\", T=*) -> T=1, 3BFC180000813180459067464A00680804000000000E",
            "\(mark)SCardBeginTransaction(\"Desk 0\")", "A>> T=1 (4+0008) 00A40400 08 A000000151000000 00",
            "A<< (0018+2) (1s24ms) 6F108408A000000151000000A5049F6501FF 9000", "A>> T=1 (4+0000) 80CA9F7F 00",
            "<< (12ms) SCARD_E_NOT_TRANSACTED", "A#1>> T=1 (4+0000) 00CA0066 00 [some remark]",
            "A#1<< (0000+2) (3ms) 6A88", "\(mark)SCardDisconnect(\"Desk 0\", true) tx:20/rx:22 in 1s39ms",
        ])
        #expect(log.source == .apdu4j)
        #expect(
            log.exchanges == [
                "00A4040008A00000015100000000 6F108408A000000151000000A5049F6501FF9000", "80CA9F7F00 -",
                "00CA006600 6A88",
            ])
        #expect(log.events.map(\.reader) == ["Desk 0", "Desk 0", "Desk 0"])
        #expect(log.events.first?.duration == .milliseconds(1024))
        #expect(log.cardEvents.map(\.answerToReset.count) == [22])
        #expect(log.report.skipped.count == 0)
    }

    @Test func `apdu4j's other marks`() throws {
        let log = try ReadLog([
            "# SCardConnect(\"Desk 0\", T=*) -> T=1, 3B00", "A>> (4+0000) 00A40400 00", "A<< (0001+2) (12ms) AA 9000",
            "B>> T=1 (5) 00CA010000", "B<< (2) 6D00", ">> 00CA0200 00", "<< AABB 9000 (17ms)",
        ])
        #expect(log.exchanges == ["00A4040000 AA9000", "00CA010000 6D00", "00CA020000 AABB9000"])
        #expect(log.events.map(\.duration) == [.milliseconds(12), nil, .milliseconds(17)])
    }

    @Test func `a dump has a date`() throws {
        let log = try ReadLog([
            "# Generated on Wed, 31 Dec 2014 18:10:35 +0200 by apdu4j", "# Using SCM 00",
            "# ATR: 3BFE1800008031FE4553434536302D43443038312D6E46A9", "# PROTOCOL: T=1", "#", "# Sent", "00A4040000",
            "# Received in 24ms", "6F108408A000000003000000A5049F6501FF9000",
        ])
        #expect(log.records.map(\.time) == [1_420_042_235_000_000, 1_420_042_235_000_000])
        #expect(log.events.map(\.duration) == [.milliseconds(24)])
    }

    @Test func `odd lines are skipped, and no answer goes to another command`() throws {
        let gp = try ReadLog([
            "A>> T=1 (4+0000) 00A40400 00", "A>> T=1 (4+0000) 00CA0Z00 00", "A<< (0000+2) (3ms) 6A88",
            "A>> T=1 (4+0000) 00CA0100 00", "A<< (0000+2) (3ms) 6D00", "A<< (0000+2) (3ms) 6D00",
        ])
        #expect(gp.exchanges == ["00A4040000 -", "00CA010000 6D00"])
        #expect(gp.skipped == [2, 6])
        let pyscard = try ReadLog([
            "> 00 A4 04 00", "> 00 CA 0", "< 6A 88", "> 00 CA 01 00 00", "< 6D 00", "< 9Z 00", "> 00 CA 02 00 00",
            "< 90 00",
        ])
        #expect(pyscard.exchanges == ["00A40400 -", "00CA010000 6D00", "00CA020000 9000"])
        #expect(pyscard.skipped == [2, 6])
    }
}

extension String {
    /// Two hexadecimal digits.
    init(format16 number: Int) { self = (number < 16 ? "0" : "") + String(number, radix: 16, uppercase: true) }
}
