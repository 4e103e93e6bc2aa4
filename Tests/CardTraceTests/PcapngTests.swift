import CardTrace
import ISO7816
import TestSupport
import Testing

@Suite struct PcapngTests {
    /// A handmade capture, in either byte order, with blocks of other kinds in between.
    static func capture(big: Bool) -> [UInt8] {
        func number<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
            let bytes = (0..<(T.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> (T.bitWidth - 8 - 8 * $0)) }
            return big ? bytes : bytes.reversed()
        }
        func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
            let padded = body + [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
            let length = number(UInt32(padded.count + 12))
            return number(type) + length + padded + length
        }
        func option(_ code: UInt16, _ value: [UInt8]) -> [UInt8] {
            number(code) + number(UInt16(value.count)) + value
                + [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
        }
        func packet(_ interface: UInt32, _ ticks: UInt64, _ direction: UInt8, _ unit: [UInt8]) -> [UInt8] {
            // Tags are in network order whatever the section is.
            let tags: [UInt8] =
                [0, 12, 0, 8] + Array("iso7816\0".utf8) + [0, 35, 0, 4, 0, 0, 0, direction, 0, 0, 0, 0]
            let data = tags + unit
            let padding = [UInt8](repeating: 0, count: (4 - data.count % 4) % 4)
            return block(
                6,
                number(interface) + number(UInt32(ticks >> 32)) + number(UInt32(truncatingIfNeeded: ticks))
                    + number(UInt32(data.count)) + number(UInt32(data.count)) + data + padding
                    + option(1, Array("a remark".utf8)) + option(0, []))
        }
        var bytes = block(
            0x0A0D_0D0A, number(UInt32(0x1A2B_3C4D)) + number(UInt16(1)) + number(UInt16(0)) + number(Int64(-1)))
        bytes += block(0x0000_0BAD, [1, 2, 3, 4, 5])
        bytes += block(1, number(UInt16(1)) + number(UInt16(0)) + number(UInt32(0)))
        // The default resolution is microseconds; 100 seconds are added.
        bytes += block(
            1,
            number(UInt16(252)) + number(UInt16(0)) + number(UInt32(0)) + option(2, Array("Desk".utf8))
                + option(14, number(Int64(100))) + option(0, []))
        bytes += packet(1, 5_000_001, 0, [0x00, 0xCA, 0x01, 0x00, 0x00])
        bytes += block(4, [0, 0, 0, 0])
        bytes += block(5, number(UInt32(1)) + number(UInt64(0)))
        bytes += packet(1, 5_000_250, 1, [0xAA, 0x90, 0x00])
        // A simple packet, of the first interface, which has another link type.
        bytes += block(3, number(UInt32(2)) + [0x90, 0x00])
        bytes += packet(7, 5_000_250, 0, [0, 0, 0, 0])
        bytes += packet(1, 6_000_000, 1, [0x90, 0x00])
        return bytes
    }

    @Test(arguments: [true, false]) func `either byte order is read and other blocks are passed over`(big: Bool) throws
    {
        let records = try TraceReader.records(in: Self.capture(big: big), file: "t")
        let event = TraceEvent(
            time: 105_000_001, reader: "Desk", command: [0x00, 0xCA, 0x01, 0x00, 0x00],
            outcome: .success(try ResponseAPDU([0xAA, 0x90, 0x00])), duration: .microseconds(249))
        #expect(records == [.exchange(event)])
    }

    @Test func `sections of both orders in one file`() throws {
        #expect(try TraceReader.records(in: Self.capture(big: true) + Self.capture(big: false), file: "t").count == 2)
    }

    @Test func `damage is named by its byte`() throws {
        var bytes = Self.capture(big: false)
        bytes[28 + 4] = 3
        let error = #expect(throws: TraceFileError.self) { try TraceReader.records(in: bytes, file: "t") }
        #expect(error?.code == .malformedBlock)
        #expect(error?.subject == "t, byte 28")
        let cut = #expect(throws: TraceFileError.self) {
            try TraceReader.records(in: Self.capture(big: false).dropLast(3), file: "t")
        }
        #expect(cut?.code == .truncated)
        let old = #expect(throws: TraceFileError.self) {
            try TraceReader.records(in: [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0], file: "t")
        }
        #expect(old?.code == .oldCapture)
    }

    @Test func `what is before the damage is delivered first`() throws {
        var bytes = Self.capture(big: false) + Self.capture(big: false)
        bytes[Self.capture(big: false).count + 28 + 4] = 3
        var reader = TraceReader(file: "t")
        #expect(try reader.feed(bytes).count == 1)
        let error = #expect(throws: TraceFileError.self) { try reader.finish() }
        #expect(error?.code == .malformedBlock)
    }

    @Test(arguments: [
        (UInt16(189), "link type 189 (USB of Linux)"), (195, "link type 195 (IEEE 802.15.4)"),
        (264, "link type 264 (ISO 14443)"), (4000, "link type 4000;"),
    ])
    func `a link type that is not read is named`(link: UInt16, text: String) throws {
        let capture = Self.packets([(link, [1, 2, 3, 4])])
        var reader = TraceReader(file: "t")
        let error = #expect(throws: TraceFileError.self) { try reader.feed(capture) + reader.finish() }
        #expect(error?.code == .unreadLinkType)
        #expect(error.map { "\($0)" }?.contains(text) == true)
        #expect(error.map { "\($0)" }?.contains("GSMTAP over UDP in Ethernet (1)") == true)
        #expect(reader.report.lines == 1 && reader.report.isEmpty)
        // A link type that is read makes it a capture without APDUs, not an error.
        var mixed = TraceReader(file: "t")
        #expect(try mixed.feed(Self.packets([(link, [1]), (1, [])])) + mixed.finish() == [])
    }

    private static let zeros = [UInt8](repeating: 0, count: 20)

    /// What is before an IPv4 packet.
    private static let linkHeaders: [(UInt16, [UInt8])] = [
        (1, zeros.prefix(12) + [0x08, 0x00]), (0, [2, 0, 0, 0]), (108, [0, 0, 0, 2]),
        (113, zeros.prefix(14) + [0x08, 0x00]), (276, [0x08, 0x00] + zeros.prefix(18)), (101, []), (228, []),
    ]

    @Test(arguments: linkHeaders)
    func `GSMTAP is read behind every link header`(link: UInt16, header: [UInt8]) throws {
        let event = TraceEvent(
            time: 0, reader: "R", command: [0xA0, 0xB0, 0x00, 0x00, 0x01],
            outcome: .success(try ResponseAPDU([7, 0x90, 0x00])), duration: .nanoseconds(1))
        // The datagram of a capture of this package, which has its link type 228 without a header.
        let file = try TraceFileTests.file(.gsmtap, [.exchange(event)])
        let begin = try #require(file.indices.first { file[$0...].starts(with: [0x45, 0x00]) })
        let count = Int(file[begin + 2]) << 8 | Int(file[begin + 3])
        let capture = Self.packets([(link, header + file[begin..<begin + count])])
        guard case .exchange(let read) = try TraceReader.records(in: capture, file: "t").first else {
            Issue.record("nothing read")
            return
        }
        #expect(read.command == event.command && read.outcome == event.outcome)
    }

    /// A capture, each packet of an interface of its own.
    static func packets(_ packets: [(link: UInt16, data: [UInt8])]) -> [UInt8] {
        func little(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
            let padded = body + [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
            return little(type) + little(UInt32(padded.count + 12)) + padded + little(UInt32(padded.count + 12))
        }
        var bytes = block(0x0A0D_0D0A, little(0x1A2B_3C4D) + [1, 0, 0, 0] + [UInt8](repeating: 0xFF, count: 8))
        for packet in packets { bytes += block(1, Array(little(UInt32(packet.link)).prefix(4)) + [0, 0, 0, 0]) }
        for (index, packet) in packets.enumerated() {
            let count = UInt32(packet.data.count)
            bytes += block(
                6, little(UInt32(index)) + little(0) + little(0) + little(count) + little(count) + packet.data)
        }
        return bytes
    }

    /// For any input the reader returns records or an error.
    @Test func `mutated captures do no harm`() throws {
        var random = SeededGenerator(seed: 7)
        let whole =
            try Self.capture(big: true) + TraceFileTests.file(.pcapng, TraceFileTests.records(20, seed: 5))
            + TraceFileTests.file(.gsmtap, TraceFileTests.records(20, seed: 6))
        var (read, refused) = (0, 0)
        for _ in 0..<400 {
            var bytes = whole
            for _ in 0...(random.next() % 4) {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8.random(in: 0...255, using: &random)
            }
            if random.next() % 4 == 0 { bytes.removeLast(Int(random.next() % UInt64(bytes.count))) }
            do {
                read += try TraceReader.records(in: bytes, file: "t").count
            } catch {
                refused += 1
            }
        }
        #expect(read > 0 && refused > 0)
    }

    /// A block without options pads its packet, and has its length.
    @Test func `a simple packet is read without its padding`() throws {
        func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
            let padded = body + [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
            return little(type) + little(UInt32(padded.count + 12)) + padded + little(UInt32(padded.count + 12))
        }
        func little(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        func packet(_ direction: UInt8, _ unit: [UInt8]) -> [UInt8] {
            let tags: [UInt8] =
                [0, 12, 0, 8] + Array("iso7816\0".utf8) + [0, 35, 0, 4, 0, 0, 0, direction, 0, 0, 0, 0]
            return block(3, little(UInt32(tags.count + unit.count)) + tags + unit)
        }
        var bytes = block(0x0A0D_0D0A, little(0x1A2B_3C4D) + [1, 0, 0, 0] + [UInt8](repeating: 0xFF, count: 8))
        bytes += block(1, [252, 0, 0, 0, 0, 0, 0, 0])
        bytes += packet(0, [0x00, 0xCA, 0x01, 0x00, 0x00]) + packet(1, [0x90, 0x00])
        let records = try TraceReader.records(in: bytes, file: "t")
        guard case .exchange(let event) = records.first, records.count == 1 else {
            Issue.record("\(records)")
            return
        }
        #expect(event.command.bytes == [0x00, 0xCA, 0x01, 0x00, 0x00])
        #expect(event.outcome == .response(MaskedBytes([0x90, 0x00])))
    }

    /// Data that do not fit a datagram are omitted, and the packet says so.
    @Test func `GSMTAP leaves out what is longer than a datagram`() throws {
        func event(_ count: Int) throws -> TraceRecord {
            .exchange(
                TraceEvent(
                    time: 1, reader: "R", command: [0x00, 0xB0, 0x00, 0x00, 0x00, 0x00, 0x00],
                    outcome: .success(try ResponseAPDU([UInt8](repeating: 1, count: count) + [0x90, 0x00])),
                    duration: .nanoseconds(1)))
        }
        let records = [try event(65_482), try event(65_483)]
        let file = try TraceFileTests.file(.gsmtap, records)
        #expect(try TraceReader.records(in: file, file: "t") == [records[0]])
        #expect(String(decoding: file, as: UTF8.self).contains("65492 bytes are more than a datagram holds"))
    }

    @Test func `GSMTAP is read back as T=0 has it`() throws {
        func event(_ command: [UInt8], _ answer: [UInt8]) throws -> TraceRecord {
            .exchange(
                TraceEvent(
                    time: 1, reader: "R", command: command, outcome: .success(try ResponseAPDU(answer)),
                    duration: .nanoseconds(1)))
        }
        let records = [
            try event([0xA0, 0xA4, 0x00, 0x00, 0x02, 0x3F, 0x00], [0x9F, 0x16]),
            try event([0xA0, 0xB0, 0x00, 0x00, 0x03], [1, 2, 3, 0x90, 0x00]),
            try event([0x00, 0x84, 0x00, 0x00], [0x90, 0x00]),
        ]
        #expect(try TraceReader.records(in: TraceFileTests.file(.gsmtap, records), file: "t") == records)
    }
}
