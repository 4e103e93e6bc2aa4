import CardTrace
import Testing

/// Logs of pcscd as journals, syslog and terminals have them.
@Suite struct PCSCDLogTests {
    /// What stands before the digits of pcscd.
    static let prefixes = [
        "", "Sep 08 12:00:01 host pcscd[2811]: ", "Sep  8 12:00:01 host pcscd[2811]: ",
        "Sep 08 12:00:01.123456 host pcscd[2811]: ", "2024-09-08T12:00:01+0200 host pcscd[2811]: ",
        "2024-09-08T12:00:01.123456+02:00 host pcscd[2811]: ", "2024-09-08 12:00:01 host pcscd[2811]: ",
        "Sun 2024-09-08 12:00:01 CEST host pcscd[2811]: ", "Sun 2024-09-08 12:00:01 CEST host pcscd.service[2811]: ",
        "1725789601.123456 host pcscd[2811]: ", "[ 1234.567890] host pcscd[2811]: ", "Sep  8 12:00:01 host pcscd: ",
        "<30>1 2024-09-08T12:00:01.003Z host pcscd 2811 - - ", "<30>Sep  8 12:00:01 host pcscd[2811]: ",
        "2024-09-08 12:00:01 ", "pcscd_1  | ", "pcscd-1  | 2024-09-08T12:00:01.003Z ",
        "2024-09-08T12:00:01.003Z pc.sc-host pcscd 2811 - - \u{FEFF}",
    ]

    static let messages = ["APDU: 00 CA 01 00 00 ", "SW: 00 A1 B2 90 00 ", "APDU: 00 20 00 01 02 31 32 ", "SW: 63 C2 "]

    @Test(arguments: prefixes) func `a journal's words are passed over`(prefix: String) throws {
        let log = try ReadLog(
            [prefix + "00000000 debuglog.c:269:DebugLogSetLevel() debug level=debug"]
                + Self.messages.map { prefix + "00000100 " + $0 })
        #expect(log.source == .pcscd)
        #expect(log.exchanges == ["00CA010000 00A1B29000", "0020000102•••• 63C2"])
        #expect(log.events.map(\.duration) == [.microseconds(100), .microseconds(100)])
        #expect(log.report.skipped.count == 0)
    }

    /// A service that logs to syslog itself writes no digits.
    @Test(arguments: prefixes.filter { $0.contains("host") }) func `a service's own syslog has no digits`(
        prefix: String
    ) throws {
        let log = try ReadLog(Self.messages.map { prefix + $0 })
        #expect(log.source == .pcscd)
        #expect(log.exchanges == ["00CA010000 00A1B29000", "0020000102•••• 63C2"])
        #expect(log.events.map(\.duration) == [nil, nil])
    }

    @Test(arguments: [
        ("\u{1B}[36m00000002\u{1B}[0m [1397] \u{1B}[34m", "\u{1B}[0m"), ("\u{1B}[36m00000002\u{1B}[0m ", ""),
        ("#033[36m00000002#033[0m [1397] #033[34m", "#033[0m"), ("^[[36m00000002^[[0m [1397] ^[[01;31m", "^[[0m"),
        ("Sep 08 12:00:01 host pcscd[2811]: \u{1B}[36m00000002\u{1B}[0m [1397] \u{1B}[34m", "\u{1B}[0m"),
    ])
    func `colours are passed over`(before: String, after: String) throws {
        let log = try ReadLog(Self.messages.map { before + $0 + after })
        #expect(log.source == .pcscd)
        #expect(log.exchanges == ["00CA010000 00A1B29000", "0020000102•••• 63C2"])
        #expect(log.report.skipped.count == 0)
    }

    @Test(arguments: ["00000030 SW: ", "00000030 SW:", "\u{1B}[36m00000030\u{1B}[0m [9] \u{1B}[34mSW: \u{1B}[0m"])
    func `an empty status is no answer`(line: String) throws {
        let log = try ReadLog([
            "00000002 APDU: A0 A4 00 00 02 7F 10", line, "00000002 APDU: A0 A4 00 00 02 3F 00",
            "00000100 SW: 9F 22",
        ])
        #expect(log.exchanges == ["A0A40000027F10 -", "A0A40000023F00 9F22"] || line.contains("[9]"))
        #expect(log.exchanges.count == 2)
        #expect(log.report.skipped.count == 0)
    }

    @Test func `threads keep their answers apart`() throws {
        let log = try ReadLog([
            "00000000 [11] APDU: 00 CA 01 00 00", "00000010 [22] APDU: 00 CA 02 00 00", "00000010 [11] SW: 01 90 00",
            "00000010 [22] SW: 02 90 00",
        ])
        #expect(log.exchanges == ["00CA010000 019000", "00CA020000 029000"])
        #expect(log.events.map(\.duration) == [.microseconds(20), .microseconds(20)])
    }

    @Test(
        arguments: [
            ("2024-09-08T12:00:01+0200 host pcscd[1]: 00000001 ", 1_725_789_601_000_000),
            ("2024-09-08T10:00:01.250000Z host pcscd[1]: 00000001 ", 1_725_789_601_250_000),
            ("2024-09-08 10:00:01 UTC host pcscd[1]: 00000001 ", 1_725_789_601_000_000),
            ("Sun 2024-09-08 12:00:01 CEST host pcscd[1]: 00000001 ", 1_725_789_601_000_000),
            ("Sun 2024-09-08 13:00:01 EEST host pcscd[1]: 00000001 ", 1_725_789_601_000_000),
            ("Sun 2024-09-08 13:00:01 +03 host pcscd[1]: 00000001 ", 1_725_789_601_000_000),
            ("Sun 2024-09-08 15:30:01 +0530 host pcscd[1]: 00000001 ", 1_725_789_601_000_000),
            ("2024-09-08T06:00:01-04:00 host pcscd[1]: 00000001 ", 1_725_789_601_000_000),
            ("2024-09-08 12:00:01 UTC+2 host pcscd[1]: 00000001 ", 1_725_789_601_000_000),
            ("2024-09-08T12:00:01 +02:00 host pcscd[1]: 00000001 ", 1_725_789_601_000_000),
            ("1725789601.250000 host pcscd[1]: 00000001 ", 1_725_789_601_250_000),
            ("<30>1 2024-09-08T10:00:01.250Z host pcscd 1 - - ", 1_725_789_601_250_000),
        ] as [(String, Int64)])
    func `a date gives the events their time`(prefix: String, time: Int64) throws {
        #expect(try ReadLog(Self.messages.map { prefix + $0 }).events.map(\.time) == [time, time])
    }

    /// A journal's short form has no year; other times have no zone, or one of several meanings.
    @Test(arguments: [
        "Sep 08 12:00:01", "2024-09-08 12:00:01", "2024-09-08T12:00:01", "2024-09-08 12:00:01.250",
        "Sun 2024-09-08 12:00:01 CST", "Sun 2024-09-08 12:00:01 IST", "Sun 2024-09-08 12:00:01 BST",
        "Sun 2024-09-08 12:00:01 +9959", "2024-09-08T12:00:01+25:00", "2024-09-08T12:00:01 -", "2024-09-08 12:00:01 +x",
        "Sun 2024-09-08 12:00:01 Europe/Paris",
    ])
    func `no date is made up`(time: String) throws {
        let log = try ReadLog(Self.messages.map { "\(time) host pcscd[2811]: 00000001 " + $0 })
        #expect(log.exchanges.count == 2)
        #expect(log.events.map(\.time) == [nil, nil])
        #expect(log.events.map(\.duration) == [.microseconds(1), .microseconds(1)])
    }

    @Test func `an odd line is skipped with its answer and no other`() throws {
        let log = try ReadLog([
            "00000002 APDU: 00 CA 01 00 00", "00000002 APDU: 00 CA 0Z 00 00", "00000100 SW: 6A 88",
            "00000002 APDU: 00 CA 02 00 00", "00000100 SW: 90 0", "00000002 APDU: 00 CA 03 00 00",
            "00000100 SW: 6D 00", "00000100 SW: 6D 00",
        ])
        #expect(log.exchanges == ["00CA010000 -", "00CA020000 -", "00CA030000 6D00"])
        #expect(log.skipped == [2, 5, 8])
        #expect(log.report.skipped.first.map(\.code) == [.notHexadecimal, .notHexadecimal, .answerWithoutCommand])
    }
}
