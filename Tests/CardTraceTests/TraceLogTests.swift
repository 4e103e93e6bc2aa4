import CardTrace
import ISO7816
import TestSupport
import Testing

/// Logs of other programs. Those of OpenSC 0.23, pcscd 1.9.9, pyscard 2.0.5, scriptor 1.6.2 and the spy library are
/// real output with an emulated card of this package; apdu4j's is from its documentation.
@Suite struct TraceLogTests {
    static let selectAnswer =
        "6F 1F 84 07 F0 56 53 54 4F 52 45 A5 14 80 08 00 A1 B2 C3 10 01 12 34 81 01 01 82 01 00 83 02 04 00 90 00"
    static let dataAnswer = "00 A1 B2 C3 10 01 12 34 00 00 00 00 00 00 00 90 00"

    static let logs: [(TraceSource, String)] = [
        (
            .pyscard,
            """
            connecting to Virtual PCD 00 00
            > 00 A4 04 00 07 F0 56 53 54 4F 52 45 00
            < \(selectAnswer)
            > 00 CA 01 00 00
            < \(dataAnswer)
            > 00 20 00 01 04 31 32 33 34
            <  [] 6D 00
            disconnecting from Virtual PCD 00 00
            """
        ),
        (
            .pyscard,
            """
            No reader given: using Virtual PCD 00 00
            Using given file: s.apdu
            Using T=1 protocol
            00 A4 04 00 07 F0 56 53 54 4F 52 45 00
            > 00 A4 04 00 07 F0 56 53 54 4F 52 45 00
            < 6F 1F 84 07 F0 56 53 54 4F 52 45 A5 14 80 08 00\u{20}
            A1 B2 C3 10 01 12 34 81 01 01 82 01 00 83 02 04\u{20}
            00 90 00 : Normal processing.
            00 CA 01 00 00
            > 00 CA 01 00 00
            < 00 A1 B2 C3 10 01 12 34 00 00 00 00 00 00 00 90\u{20}
            00 : Normal processing.
            > 00 20 00 01 04 31 32 33 34
            < 6D 00 : Instruction code not supported or invalid.
            """
        ),
        (
            .pcscd,
            """
            00000000 APDU: 00 A4 04 00 07 F0 56 53 54 4F 52 45 00\u{20}
            00000315 SW: \(selectAnswer)\u{20}
            00000218 APDU: 00 CA 01 00 00\u{20}
            00000091 SW: \(dataAnswer)\u{20}
            00019300 ifdwrapper.c:477:IFDControl() Card not transacted: 606
            00000165 APDU: 00 20 00 01 04 31 32 33 34\u{20}
            00000102 SW: 6D 00\u{20}
            """
        ),
        (
            .opensc,
            """
            P:10989; T:0x140108049762368 05:21:59.872 [opensc-tool] reader-pcsc.c:362:refresh_attributes: Virtual PCD 00 00 check
            P:10989; T:0x140108049762368 05:21:59.872 [opensc-tool] reader-pcsc.c:323:pcsc_transmit: reader 'Virtual PCD 00 00'
            P:10989; T:0x140108049762368 05:21:59.872 [opensc-tool] reader-pcsc.c:324:pcsc_transmit:\u{20}
            Outgoing APDU (13 bytes):
            00 A4 04 00 07 F0 56 53 54 4F 52 45 00 ......VSTORE.

            P:10989; T:0x140108049762368 05:21:59.873 [opensc-tool] reader-pcsc.c:335:pcsc_transmit:\u{20}
            Incoming APDU (35 bytes):
            6F 1F 84 07 F0 56 53 54 4F 52 45 A5 14 80 08 00 o....VSTORE.....
            A1 B2 C3 10 01 12 34 81 01 01 82 01 00 83 02 04 ......4.........
            00 90 00                                        ...

            Outgoing APDU (5 bytes):
            00 CA 01 00 00 .....

            Incoming APDU (17 bytes):
            00 A1 B2 C3 10 01 12 34 00 00 00 00 00 00 00 90 .......4........
            00                                              .

            Outgoing APDU (9 bytes):
            00 20 00 01 04 31 32 33 34 . ...1234

            Incoming APDU (2 bytes):
            6D 00 m.
            """
        ),
        (
            .opensc,
            """
            Connecting to card in reader Virtual PCD 00 00...
            Using card driver Default driver for unknown cards.
            Sending: 00 A4 04 00 07 F0 56 53 54 4F 52 45 00\u{20}
            Received (SW1=0x90, SW2=0x00):
            6F 1F 84 07 F0 56 53 54 4F 52 45 A5 14 80 08 00 o....VSTORE.....
            A1 B2 C3 10 01 12 34 81 01 01 82 01 00 83 02 04 ......4.........
            00                                              .
            Sending: 00 CA 01 00 00\u{20}
            Received (SW1=0x90, SW2=0x00):
            00 A1 B2 C3 10 01 12 34 00 00 00 00 00 00 00 .......4.......
            Sending: 00 20 00 01 04 31 32 33 34\u{20}
            Received (SW1=0x6D, SW2=0x00)
            """
        ),
        (
            .apdu4j,
            """
            GlobalPlatformPro v20.01.23
            # Detected readers from JNA2PCSC
            SCardConnect("Virtual PCD 00 00", T=*) -> T=1, 3B890180675653746F72653157
            SCardBeginTransaction("Virtual PCD 00 00")
            A>> T=1 (4+0007) 00A40400 07 F05653544F5245 00
            A<< (0033+2) (1s17ms) \(String(selectAnswer.dropLast(6).filter { $0 != " " })) 9000
            A>> T=1 (4+0000) 00CA0100 00
            A<< (0015+2) (12ms) \(String(dataAnswer.dropLast(6).filter { $0 != " " })) 9000
            [DEBUG] GlobalPlatform - Card
            A>> T=1 (4+0004) 00200001 04 31323334
            A<< (0000+2) (3ms) 6D00
            SCardEndTransaction()
            """
        ),
        (
            .hex,
            """
            # any card
            00 A4 04 00 07 F0 56 53 54 4F 52 45 00
            \(selectAnswer)
            00CA010000
            \(dataAnswer)

            00:20:00:01:04:31:32:33:34
            6D00
            """
        ),
        (.spy, spy),
    ]

    static let spy = """
        7F06B1E91B80@>|1795411319|955279|SCardConnect
        7F06B1E91B80@0x75AEE972
        7F06B1E91B80@Virtual PCD 00 00
        7F06B1E91B80@0x00000002
        7F06B1E91B80@0x00000003
        7F06B1E91B80@0x00000000
        7F06B1E91B80@0x00000000
        7F06B1E91B80@0x5E2136FF
        7F06B1E91B80@0x00000002
        7F06B1E91B80@<|1795411319|955392|SCardConnect|Command successful.|0x00000000
        """
        + [
            ("00 A4 04 00 07 F0 56 53 54 4F 52 45 00 ", selectAnswer), ("00 CA 01 00 00 ", dataAnswer),
            ("00 20 00 01 04 31 32 33 34 ", "6D 00 "),
        ].map { command, answer in
            """

            7F06B1E91B80@>|1795411319|955442|SCardTransmit
            7F06B1E91B80@0x5E2136FF
            7F06B1E91B80@0x00000002
            7F06B1E91B80@0x00000010
            7F06B1E91B80@0x0000000D
            7F06B1E91B80@\(command)
            7F06B1E91B80@0x00000001
            7F06B1E91B80@0x00000010
            7F06B1E91B80@0x00000023
            7F06B1E91B80@\(answer)
            7F06B1E91B80@<|1795411319|955922|SCardTransmit|Command successful.|0x00000000
            """
        }.joined()

    @Test(arguments: logs) func `each form is recognised and read`(source: TraceSource, log: String) throws {
        var reader = TraceReader(file: "log")
        let records = try reader.feed(log.utf8) + reader.finish()
        #expect(reader.source == source)
        let events = records.compactMap { record -> TraceEvent? in
            if case .exchange(let event) = record { event } else { nil }
        }
        #expect(
            events.map { $0.command.hexadecimal(separator: " ") } == [
                "00 A4 04 00 07 F0 56 53 54 4F 52 45 00", "00 CA 01 00 00", "00 20 00 01 04 •• •• •• ••",
            ])
        let answers = events.map { event in
            if case .response(let bytes) = event.outcome { bytes.hexadecimal(separator: " ") } else { "none" }
        }
        #expect(answers == [Self.selectAnswer, Self.dataAnswer, "6D 00"])
        let reader1 = source == .hex ? "log" : source == .pcscd ? "pcscd" : "Virtual PCD 00 00"
        #expect(Set(events.map(\.reader)) == [reader1])
        // Windows line ends work too.
        let windows = log.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
        #expect(try TraceReader.records(in: windows.utf8, file: "log") == records)
    }

    @Test func `durations and senders are taken`() throws {
        func event(_ source: TraceSource) throws -> TraceEvent? {
            let log = try #require(Self.logs.first { $0.0 == source }).1
            return try TraceReader.records(in: log.utf8, file: "log").lazy.compactMap { record -> TraceEvent? in
                if case .exchange(let event) = record { event } else { nil }
            }.first
        }
        #expect(try event(.pcscd)?.duration == .microseconds(315))
        #expect(try event(.apdu4j)?.duration == .milliseconds(1017))
        #expect(try event(.spy)?.duration == .microseconds(480))
        #expect(try event(.spy)?.time == 1_795_411_319_955_442)
        #expect(try event(.opensc)?.sender == TraceSender("opensc-tool", process: 10989))
    }

    @Test func `apdu4j dumps`() throws {
        let dump = """
            # Generated on Wed, 31 Dec 2014 18:10:35 +0200 by apdu4j
            # Using SCM 00
            # ATR: 3BFE1800008031FE4553434536302D43443038312D6E46A9
            # PROTOCOL: T=1
            #
            # Sent
            00A4040000
            # Received in 24ms
            6F108408A000000003000000A5049F6501FF9000
            """
        let records = try TraceReader.records(in: dump.utf8, file: "dump")
        #expect(records.map(\.reader) == ["SCM 00", "SCM 00"])
        guard case .exchange(let event) = records[1] else {
            Issue.record("no exchange")
            return
        }
        #expect(event.duration == .milliseconds(24))
    }

    /// Individually valid times whose sum overflows.
    @Test func `durations that add up to too much`() throws {
        let lines = "# Sent\n00A40000\n" + String(repeating: "# Received in 999999999ms\n", count: 9500) + "9000\n"
        let header = "# Generated on Wed, 31 Dec 2014 18:10:35 +0200 by apdu4j\n# Using SCM 00\n#\n"
        #expect(try TraceReader.records(in: (header + lines).utf8, file: "dump").count == 1)
        let spy = """
            7F@>|0|0|SCardTransmit
            7F@0x5E2136FF
            7F@0x00000002
            7F@0x00000010
            7F@0x00000005
            7F@00 CA 01 00 00
            7F@0x00000001
            7F@0x00000010
            7F@0x00000002
            7F@90 00
            7F@<|1099511627775|0|SCardTransmit|Command successful.|0x00000000

            """
        var reader = TraceReader(.spy, file: "spy")
        guard case .exchange(let event) = try (reader.feed(Array(spy.utf8)) + reader.finish()).first else {
            Issue.record("no exchange")
            return
        }
        // The maximum in nanoseconds.
        #expect(event.duration == .nanoseconds(Int64.max))
    }

    @Test(arguments: [
        (0x8010_0069 as UInt64, CardError.Code.cardRemoved), (0x8010_0068, .cardReset),
        (0x8010_0066, .cardUnresponsive),
        (0x8010_000C, .noCard), (0x8010_0017, .readerUnavailable), (0x8010_001E, .serviceLost),
        (0x8010_0016, .communication), (0xFFFF_FFFF_8010_0069, .cardRemoved),
    ])
    func `a failed call of a spied program has the code of its result, and the words as cause`(
        result: UInt64, code: CardError.Code
    ) throws {
        let number = String(result, radix: 16, uppercase: true)
        let spy = """
            7F@>|1|1|SCardTransmit
            7F@0x5E2136FF
            7F@0x00000002
            7F@0x00000010
            7F@0x00000005
            7F@00 CA 01 00 00
            7F@<|1|2|SCardTransmit|Words of the service.|0x\(number)

            """
        let records = try TraceReader.records(in: spy.utf8, file: "spy")
        guard case .exchange(let event) = records.first, case .failure(let error) = event.outcome else {
            Issue.record("no failure")
            return
        }
        #expect(error.code == code)
        #expect(error.cause.map { "\($0)" } == "PC/SC says: Words of the service.")
    }

    /// Individually valid numbers that overflow together.
    @Test func `numbers of a spy that are too great`() throws {
        var overflow = TraceReader(.spy, file: "spy")
        let line = "7F@>|1099511627775|9223372036854775807|SCardTransmit\n"
        #expect(try overflow.feed(Array(line.utf8)) + overflow.finish() == [])
        #expect(overflow.report.skipped.first.map(\.subject) == ["spy, line 1"])
        let states = """
            7F@>|1|1|SCardGetStatusChange
            7F@0x1
            7F@0x1
            7F@0x1999999999999999
            7F@<|1|2|SCardGetStatusChange|Command successful.|0x00000000

            """
        var reader = TraceReader(.spy, file: "spy")
        #expect(try reader.feed(Array(states.utf8)) + reader.finish() == [])
    }

    /// The cost of a line that arrives byte by byte is linear in its length.
    @Test func `a long line in many pieces`() throws {
        let command = "00 D6 00 00 FF" + String(repeating: " 5A", count: 255)
        let log = Array((String(repeating: "# \(command)\n", count: 3) + command + "\n90 00\n").utf8)
        var (whole, cut) = (TraceReader(.hex, file: "log"), TraceReader(.hex, file: "log"))
        var records: [TraceRecord] = []
        for byte in log { records += try cut.feed([byte]) }
        #expect(try whole.feed(log) + whole.finish() == records + cut.finish())
        #expect(records.count == 1)
    }

    @Test func `mutated logs do no harm`() throws {
        var random = SeededGenerator(seed: 11)
        var (read, skipped) = (0, 0)
        for (_, log) in Self.logs {
            for _ in 0..<100 {
                var bytes = Array(log.utf8)
                for _ in 0...(random.next() % 5) {
                    let offset = Int(random.next() % UInt64(bytes.count))
                    if random.next() % 2 == 0 {
                        bytes[offset] = UInt8.random(in: 0...255, using: &random)
                    } else {
                        bytes.remove(at: offset)
                    }
                }
                var reader = TraceReader(file: "log")
                let records = try reader.feed(bytes) + reader.finish()
                read += records.count
                skipped += reader.report.skipped.count
                #expect(reader.report.exchanges + reader.report.cardEvents == records.count)
            }
        }
        #expect(read > 0 && skipped > 0)
    }

    @Test(arguments: [nil, TraceSource.pyscard]) func `a line that does not end is an error once it is too long`(
        source: TraceSource?
    ) throws {
        var reader = TraceReader(source, file: "device")
        reader.maxLineBytes = 1000
        #expect(try reader.feed([UInt8](repeating: 0x20, count: 999) + [0x0A]).isEmpty)
        #expect(try reader.feed([UInt8](repeating: 0, count: 1000)).isEmpty)
        let error = #expect(throws: TraceFileError.self) { try reader.feed([0]) }
        #expect(error?.code == .endlessLine)
        #expect(error?.line == 2)
    }
}
