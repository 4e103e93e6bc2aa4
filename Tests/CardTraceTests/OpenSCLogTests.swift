import CardTrace
import Testing

/// Logs of OpenSC of different ages.
@Suite struct OpenSCLogTests {
    static let select = "00 A4 08 00 04 50 15 50 32 00"
    static let answer = "6F 09 84 05 A0 00 00 00 03 A5 00 62 03 82 01 01 85 90 00"

    /// The same two exchanges; the second has an answer of more than a line.
    static let logs: [(name: String, lines: [String], sender: String?)] = [
        (
            "0.15 on Windows, the date on a line of its own",
            [
                "2015-09-29 04:22:24.730 ", "Outgoing APDU data [   10 bytes] =====================================",
                "00 A4 08 00 04 50 15 50 32 00 .....P.P2.",
                "======================================================================",
                "2015-09-29 04:22:24.740 [cardmod] reader-pcsc.c:184:pcsc_internal_transmit: called",
                "2015-09-29 04:22:24.777 ", "Incoming APDU data [    2 bytes] =====================================",
                "90 00 ..", "======================================================================",
                "2015-09-29 04:22:24.780 CLA:0, INS:CA, P1:1, P2:0, data(0) 00000000",
                "Outgoing APDU data [    5 bytes] =====================================", "00 CA 01 00 00 .....",
                "======================================================================",
                "2015-09-29 04:22:24.785", "Incoming APDU data [   19 bytes] =====================================",
                "6F 09 84 05 A0 00 00 00 03 A5 00 62 03 82 01 01 o..........b....",
                "85 90 00                                        ...",
                "======================================================================",
            ], "cardmod"
        ),
        (
            "0.12",
            [
                "0x7fff7e07b300 14:49:18.010 [tokend] apdu.c:187:sc_apdu_log: ",
                "Outgoing APDU data [   10 bytes] =====================================",
                "00 A4 08 00 04 50 15 50 32 00 .....P.P2.",
                "======================================================================",
                "0x7fff7e07b300 14:49:18.057 [tokend] apdu.c:187:sc_apdu_log:",
                "Incoming APDU data [    2 bytes] =====================================", "90 00 ..",
                "======================================================================",
                "0x7fff7e07b300 14:49:18.060 [tokend] apdu.c:187:sc_apdu_log:",
                "Outgoing APDU data [    5 bytes] =====================================", "00 CA 01 00 00 .....",
                "======================================================================",
                "0x7fff7e07b300 14:49:18.065 [tokend] apdu.c:187:sc_apdu_log:",
                "Incoming APDU data [   19 bytes] =====================================",
                "6F 09 84 05 A0 00 00 00 03 A5 00 62 03 82 01 01 o..........b....",
                "85 90 00                                        ...",
                "======================================================================",
            ], "tokend"
        ),
        (
            "0.20, begun on the same line",
            [
                "0x7fd485e77880 17:20:53.010 [opensc-tool] reader-pcsc.c:284:pcsc_transmit: Outgoing APDU (10 bytes):",
                "00 A4 08 00 04 50 15 50 32 00 .....P.P2.",
                "0x7fd485e77880 17:20:53.057 [opensc-tool] reader-pcsc.c:294:pcsc_transmit: Incoming APDU (2 bytes):",
                "90 00 ..",
                "0x7fd485e77880 17:20:53.060 [opensc-tool] reader-pcsc.c:284:pcsc_transmit: Outgoing APDU (5 bytes):",
                "00 CA 01 00 00 .....",
                "0x7fd485e77880 17:20:53.065 [opensc-tool] reader-pcsc.c:294:pcsc_transmit: Incoming APDU (19 bytes):",
                "6F 09 84 05 A0 00 00 00 03 A5 00 62 03 82 01 01 o..........b....",
                "85 90 00                                        ...",
            ], "opensc-tool"
        ),
        (
            "0.23 on Windows, indented",
            [
                "\tP:11916; T:34500 2023-11-03 18:36:24.010 [cardmod] reader-pcsc.c:335:pcsc_transmit: ",
                "\tOutgoing APDU (10 bytes):", "\t00 A4 08 00 04 50 15 50 32 00 .....P.P2.", "\t",
                "\tP:11916; T:34500 2023-11-03 18:36:24.057 [cardmod] reader-pcsc.c:335:pcsc_transmit: ",
                "\tIncoming APDU (2 bytes):", "\t90 00 ..", "\t",
                "\tP:11916; T:34500 2023-11-03 18:36:24.060 [cardmod] reader-pcsc.c:335:pcsc_transmit: ",
                "\tOutgoing APDU (5 bytes):", "\t00 CA 01 00 00 .....", "\t",
                "\tP:11916; T:34500 2023-11-03 18:36:24.065 [cardmod] reader-pcsc.c:335:pcsc_transmit: ",
                "\tIncoming APDU (19 bytes):", "\t6F 09 84 05 A0 00 00 00 03 A5 00 62 03 82 01 01 o..........b....",
                "\t85 90 00                                        ...",
            ], "cardmod"
        ),
        (
            "before 0.11",
            [
                "reader-pcsc.c:120:pcsc_transmit: Sending 10 bytes (resp. 258 bytes):",
                "00 A4 08 00 04 50 15 50 32 00 .....P.P2.",
                "card.c:260:sc_transmit_apdu: Received 0 bytes (SW1=90 SW2=00)",
                "reader-pcsc.c:120:pcsc_transmit: Sending 5 bytes (resp. 258 bytes):", "00 CA 01 00 00 .....",
                "card.c:260:sc_transmit_apdu: Received 17 bytes (SW1=90 SW2=00)",
                "6F 09 84 05 A0 00 00 00 03 A5 00 62 03 82 01 01 o..........b....",
                "85                                              .",
            ], nil
        ),
        (
            "opensc-explorer",
            [
                "OpenSC Explorer version 0.12.2", "Using reader with a card: Desk 0",
                "OpenSC []> apdu 00 A4 08 00 04 50 15 50 32 00", "Sending: 00 A4 08 00 04 50 15 50 32 00 ",
                "Received (SW1=0x90, SW2=0x00)", "OpenSC []> apdu 00 CA 01 00 00", "Sending: 00 CA 01 00 00 ",
                "Received (SW1=0x90, SW2=0x00):", "6F 09 84 05 A0 00 00 00 03 A5 00 62 03 82 01 01 o..........b....",
                "85                                              .",
            ], nil
        ),
    ]

    @Test(arguments: logs.indices) func `logs of every age are read`(index: Int) throws {
        let (name, lines, sender) = Self.logs[index]
        let log = try ReadLog(lines, as: name == "before 0.11" ? .opensc : nil)
        #expect(log.source == .opensc, "\(name)")
        #expect(
            log.exchanges == [
                "00A40800045015503200 9000", "00CA010000 \(Self.answer.filter { $0 != " " })",
            ], "\(name)")
        #expect(log.report.skipped.count == 0, "\(name)")
        // OpenSC writes local time.
        #expect(log.events.allSatisfy { $0.time == nil }, "\(name)")
        if let sender {
            #expect(log.events.last?.sender?.name == sender, "\(name)")
            #expect(log.events.map(\.duration) == [.milliseconds(47), .milliseconds(5)], "\(name)")
        }
    }

    /// Two bytes whose characters are hexadecimal digits: `ab`.
    @Test(
        arguments: [
            ("61 62 ab", "6162"), ("41 ", "41"),
            ("30 31 32 33 34 35 36 37 38 39 41 42 43 44 45 46 0123456789ABCDEF", nil),
            ("41 42 43 44 20 20 ABCD  ", "414243442020"), ("41 42 43 44 20 20 ABCD", "414243442020"),
        ] as [(String, String?)])
    func `characters beside the bytes are not bytes`(line: String, data: String?) throws {
        let log = try ReadLog(["Sending: 00 CA 01 00 00", "Received (SW1=0x90, SW2=0x00):", line])
        let expected = data ?? "30313233343536373839414243444546"
        // Without its trailing blanks the last form is not certain.
        if line.hasSuffix("ABCD") { return #expect(log.exchanges.count == 1) }
        #expect(log.exchanges == ["00CA010000 \(expected)9000"])
    }

    @Test func `an incomplete dump is skipped, and the rest is read`() throws {
        let log = try ReadLog([
            "Outgoing APDU (9 bytes):", "00 20", "", "Incoming APDU (2 bytes):", "90 00 ..",
            "Outgoing APDU (5 bytes):", "00 CA 01 00 00 .....", "Incoming APDU (2 bytes):", "6D 00 m.",
        ])
        #expect(log.exchanges == ["00CA010000 6D00"])
        #expect(log.skipped == [1])
    }

    @Test func `the reader is the one that was transmitted to`() throws {
        let log = try ReadLog([
            "0x7fb2 12:16:26.920 [opensc-tool] reader-pcsc.c:251:pcsc_transmit: reader 'ACS CryptoMate64 00 00'",
            "0x7fb2 12:16:26.920 [opensc-tool] apdu.c:187:sc_apdu_log: ",
            "Outgoing APDU data [    5 bytes] =====================================", "80 14 05 00 00 .....",
            "======================================================================",
            "Incoming APDU data [    2 bytes] =====================================", "95 40 .@",
        ])
        #expect(log.events.map(\.reader) == ["ACS CryptoMate64 00 00"])
    }
}
