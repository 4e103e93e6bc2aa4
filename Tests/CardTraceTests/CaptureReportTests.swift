import Testing

@testable import CardTrace

/// What is said of packets and lines that are not read.
@Suite struct CaptureReportTests {
    private static func packet(_ command: [UInt8], _ direction: UInt8) -> [UInt8] {
        let tags: [UInt8] = [0, 12, 0, 8] + Array("iso7816\0".utf8) + [0, 35, 0, 4, 0, 0, 0, direction, 0, 0, 0, 0]
        return tags + command + [UInt8](repeating: 0, count: (4 - command.count % 4) % 4)
    }

    private static func read(
        _ packets: [(link: UInt16, data: [UInt8])]
    ) throws -> (records: [TraceRecord], report: TraceReadingReport) {
        var reader = TraceReader(file: "t")
        let records = try reader.feed(PcapngTests.packets(packets)) + reader.finish()
        return (records, reader.report)
    }

    @Test func `packets beside those that are read are counted by their link type`() throws {
        let exchange: [(link: UInt16, data: [UInt8])] = [
            (252, Self.packet([0x00, 0xA4, 0x00, 0x0C], 0)), (252, Self.packet([0x6A, 0x82, 0x90, 0x00], 1)),
        ]
        let usb: [(link: UInt16, data: [UInt8])] = [(220, [1, 2, 3, 4]), (220, []), (4000, [1, 2, 3, 4])]
        let (records, report) = try Self.read(usb + exchange + [(220, [])])
        #expect(records.count == 1 && report.lines == 6)
        #expect(report.unreadPackets.count == 4 && report.unreadPackets.damaged == 0)
        #expect(report.unreadPackets.links.map(\.number) == [220, 4000])
        #expect(report.unreadPackets.links.map(\.count) == [3, 1])
        #expect(report.unreadPackets.links.map(\.name) == ["USB of Linux, memory-mapped", nil])
        // Of a link type that is read, packets of other kinds are as usual.
        #expect(try Self.read(exchange + [(1, [1, 2, 3, 4])]).report.unreadPackets.count == 0)
    }

    @Test func `a capture of which nothing is read names all of its link types`() throws {
        let (records, report) = try Self.read([(220, [1, 2, 3, 4]), (1, [1, 2, 3, 4])])
        #expect(records.isEmpty)
        #expect(report.unreadPackets.links.map(\.number) == [220])
    }

    @Test func `many link types are counted, and the first are named`() throws {
        let (_, report) = try Self.read((300..<340).map { ($0, []) } + [(1, [])])
        #expect(report.unreadPackets.count == 40)
        #expect(report.unreadPackets.links.count == TraceReadingReport.maxNamed)
    }

    @Test func `a packet of no interface is damaged`() throws {
        var reader = TraceReader(file: "t")
        // Its capture has an interface more than the packet names, and one less.
        #expect(try reader.feed(PcapngTests.capture(big: false)).count == 1)
        _ = try reader.finish()
        #expect(reader.report.unreadPackets.damaged == 1)
        #expect(reader.report.unreadPackets.links.map(\.number) == [1] || reader.report.unreadPackets.count == 1)
    }

    // MARK: Forms

    @Test(arguments: [
        (TraceSource.pcscd, "00A4040000\n9000\n", TraceSource.hex), (.opensc, "00A4040000\n9000", .hex),
        (.apdu4j, "> 00 A4 04 00 00\n< 90 00\n", .pyscard), (.pyscard, "00000001 APDU: 00 A4 00 0C\n", .pcscd),
        (.hex, "A>> T=1 (4+0000) 00A40400 00\n", .apdu4j), (.pcscd, "a remark\n00A4040000\n9000\n", .hex),
        (.spy, ">00A4040000\n", .hex),
    ])
    func `a file of another form than was given is known`(given: TraceSource, text: String, form: TraceSource) throws {
        var reader = TraceReader(given, file: "log")
        let records = try reader.feed(text.utf8) + reader.finish()
        #expect(records.isEmpty && reader.report.resembles == form)
    }

    @Test(arguments: [
        (TraceSource.pcscd, "00000001 debuglog.c:269:DebugLogSetLevel() debug level=debug\n00A40400\n"),
        (.pcscd, "words\n"), (.pyscard, "connecting to Desk 0\n"), (.hex, "> 00 A4 00 0C\n< 90 00\n"),
        (nil, "00000001 debuglog.c:269:DebugLogSetLevel() debug level=debug\n"),
    ])
    func `a file of the form that was given is of no other`(given: TraceSource?, text: String) throws {
        var reader = TraceReader(given, file: "log")
        _ = try reader.feed(text.utf8) + reader.finish()
        #expect(reader.report.resembles == nil)
    }

    @Test func `a capture is known by its first bytes`() throws {
        var reader = TraceReader(.hex, file: "log")
        _ = try reader.feed(PcapngTests.capture(big: false)) + reader.finish()
        #expect(reader.report.resembles == .pcapng)
    }
}
