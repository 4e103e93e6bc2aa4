/// Reads APDUs from pcapng incrementally: bytes in, records out.
///
/// Sections of either byte order; exported PDUs whose dissector is `iso7816`, and GSMTAP of type SIM over UDP. Other
/// blocks and packets are skipped. A capture none of whose packets has a link type that is read is an error.
struct PcapngReader: Sendable {
    private struct Interface {
        var name: String
        var link: UInt16
        /// Ticks per second.
        var resolution: UInt64 = 1_000_000
        /// Seconds to be added.
        var offset: Int64 = 0
    }

    /// A larger block is treated as corrupted.
    private static let maxBlockLength = 64 << 20

    private let file: String
    private var buffer: [UInt8] = []
    /// The position in the buffer, and the buffer's offset in the file.
    private var (position, base) = (0, 0)
    private var isBig = false
    private var hasSection = false
    private var interfaces: [Interface] = []
    private var pairing = ExchangePairing()
    /// How many packets there are.
    private(set) var count = 0
    /// Whether a packet has a link type that is read.
    private var hasReadable = false
    /// Packets that are not read.
    private(set) var unread = TraceReadingReport.UnreadPackets()

    init(file: String) { self.file = file }

    /// Feeds a piece of the file; what was read before an error is in `records`.
    mutating func feed(_ bytes: ArraySlice<UInt8>, into records: inout [TraceRecord]) throws(TraceFileError) {
        buffer += bytes
        while let block = try nextBlock() {
            read(block.type, block.body, into: &records)
        }
        base += position
        buffer.removeFirst(position)
        position = 0
    }

    /// The remaining records at the end of the file.
    mutating func finish() throws(TraceFileError) -> [TraceRecord] {
        guard buffer.isEmpty else { throw TraceFileError(.truncated, file: file, byte: base) }
        if !hasReadable, !unread.links.isEmpty {
            throw TraceFileError(.unreadLinkType, file: file, found: LinkType.unread(unread.links.map(\.number)))
        }
        return pairing.end()
    }

    private mutating func nextBlock() throws(TraceFileError) -> (type: UInt32, body: Range<Int>)? {
        guard buffer.count - position >= 12 else { return nil }
        let isSection = buffer[position..<position + 4].elementsEqual([0x0A, 0x0D, 0x0D, 0x0A])
        if isSection {
            switch (buffer[position + 8], buffer[position + 9], buffer[position + 10], buffer[position + 11]) {
            case (0x1A, 0x2B, 0x3C, 0x4D): isBig = true
            case (0x4D, 0x3C, 0x2B, 0x1A): isBig = false
            default: throw malformed("no byte order")
            }
            (hasSection, interfaces) = (true, [])
        }
        guard hasSection else { throw malformed("a section has to begin here") }
        let (type, length) = (number(at: position), Int(number(at: position + 4)))
        guard length >= 12, length % 4 == 0, length <= Self.maxBlockLength else { throw malformed("length \(length)") }
        guard buffer.count - position >= length else { return nil }
        guard Int(number(at: position + length - 4)) == length else { throw malformed("its two lengths differ") }
        defer { position += length }
        return (isSection ? Pcapng.sectionHeader : type, position + 8..<position + length - 4)
    }

    private func malformed(_ found: String) -> TraceFileError {
        TraceFileError(.malformedBlock, file: file, byte: base + position, found: found)
    }

    // MARK: Blocks

    private mutating func read(_ type: UInt32, _ body: Range<Int>, into records: inout [TraceRecord]) {
        switch type {
        case Pcapng.interfaceDescription where body.count >= 8:
            addInterface(body)
        case Pcapng.enhancedPacket where body.count >= 20:
            let ticks = UInt64(number(at: body.lowerBound + 4)) << 32 | UInt64(number(at: body.lowerBound + 8))
            packet(Int(number(at: body.lowerBound)), ticks, body.dropFirst(20), header: body, into: &records)
        case Pcapng.packet where body.count >= 20:
            let ticks = UInt64(number(at: body.lowerBound + 4)) << 32 | UInt64(number(at: body.lowerBound + 8))
            packet(Int(short(at: body.lowerBound)), ticks, body.dropFirst(20), header: body, into: &records)
        case Pcapng.simplePacket where body.count >= 4:
            count += 1
            guard let link = interfaces.first?.link else { return unread.appendDamaged() }
            // The block pads its packet and has its original length; the capture may have truncated it.
            let data = body.dropFirst(4).prefix(Int(number(at: body.lowerBound)))
            deliver(data, link, 0, PacketNote.Reading(), 0, into: &records)
        default: return
        }
    }

    private mutating func addInterface(_ body: Range<Int>) {
        var interface = Interface(name: "interface \(interfaces.count)", link: short(at: body.lowerBound))
        forEachOption(in: body.dropFirst(8)) { code, value in
            switch code {
            case Pcapng.interfaceName: interface.name = String(decoding: buffer[value], as: UTF8.self)
            case Pcapng.timeResolution where value.count == 1:
                let exponent = buffer[value.lowerBound]
                if exponent & 0x80 != 0 {
                    interface.resolution = exponent & 0x7F < 63 ? 1 << UInt64(exponent & 0x7F) : 1 << 62
                } else {
                    interface.resolution = (0..<min(exponent, 18)).reduce(1) { product, _ in product * 10 }
                }
            case Pcapng.timeOffset where value.count == 8:
                let words = (UInt64(number(at: value.lowerBound)), UInt64(number(at: value.lowerBound + 4)))
                interface.offset = Int64(
                    bitPattern: isBig ? words.0 << 32 | words.1 : words.1 << 32 | words.0)
            default: return
            }
        }
        interfaces.append(interface)
    }

    private mutating func packet(
        _ number: Int, _ ticks: UInt64, _ rest: Range<Int>, header: Range<Int>, into records: inout [TraceRecord]
    ) {
        let captured = Int(self.number(at: header.lowerBound + 12))
        count += 1
        guard interfaces.indices.contains(number), captured <= rest.count else { return unread.appendDamaged() }
        let interface = interfaces[number]
        let data = rest.lowerBound..<rest.lowerBound + captured
        let padded = min(rest.count, (captured + 3) / 4 * 4)
        var note = PacketNote.Reading()
        forEachOption(in: rest.dropFirst(padded)) { code, value in
            if code == Pcapng.comment { note.parse(buffer[value]) }
        }
        deliver(data, interface.link, number, note, Self.nanoseconds(ticks, interface), into: &records)
    }

    private static func nanoseconds(_ ticks: UInt64, _ interface: Interface) -> Int64 {
        if interface.resolution == 1_000_000_000, interface.offset == 0 { return Int64(clamping: ticks) }
        let (seconds, rest) = (ticks / interface.resolution, ticks % interface.resolution)
        let fraction = interface.resolution.dividingFullWidth(rest.multipliedFullWidth(by: 1_000_000_000)).quotient
        let whole = Int64(clamping: seconds).addingReportingOverflow(interface.offset)
        let (product, overflow) = whole.partialValue.multipliedReportingOverflow(by: 1_000_000_000)
        return whole.overflow || overflow ? 0 : product.addingReportingOverflow(Int64(fraction)).partialValue
    }

    private mutating func deliver(
        _ data: Range<Int>, _ link: UInt16, _ number: Int, _ note: PacketNote.Reading, _ time: Int64,
        into records: inout [TraceRecord]
    ) {
        if LinkType.isRead(link) {
            hasReadable = true
        } else {
            unread.append(link)
        }
        guard let unit = PacketUnit(buffer[data], link: link, note: note) else { return }
        let reader = interfaces[number].name
        switch unit {
        case .command(let bytes):
            if let error = note.error {
                records += pairing.end(reader)
                records.append(
                    .exchange(
                        TraceEvent(
                            time: LogTime(nanoseconds: time).microseconds, reader: reader, command: bytes,
                            outcome: .failure(error),
                            duration: note.duration, sender: note.sender, answerToReset: note.answerToReset,
                            secrets: .shown)))
                return
            }
            records += pairing.command(
                bytes, reader: reader, at: LogTime(nanoseconds: time), sender: note.sender,
                answerToReset: note.answerToReset)
        case .answer(let bytes):
            // An answer whose command is not in the file cannot be decoded.
            if let record = pairing.answer(bytes, reader: reader, at: LogTime(nanoseconds: time)) {
                records.append(record)
            }
        case .exchange(let command, let answer):
            records += pairing.command(
                command, reader: reader, at: LogTime(nanoseconds: time), sender: note.sender,
                answerToReset: note.answerToReset)
            let end = note.duration.map { time.addingReportingOverflow($0.nanoseconds).partialValue }
            if let record = pairing.answer(answer, reader: reader, at: LogTime(date: end, clock: end)) {
                records.append(record)
            }
        case .card(let kind, let answerToReset):
            records += pairing.end(reader)
            records.append(
                .card(
                    TraceCardEvent(
                        time: LogTime(nanoseconds: time).microseconds, reader: reader, kind: kind,
                        answerToReset: answerToReset,
                        sender: note.sender)))
        }
    }

    // MARK: Numbers and options

    private func forEachOption(in range: Range<Int>, _ body: (UInt16, Range<Int>) -> Void) {
        var position = range.lowerBound
        while range.upperBound - position >= 4 {
            let (code, count) = (short(at: position), Int(short(at: position + 2)))
            position += 4
            guard code != Pcapng.endOfOptions, range.upperBound - position >= count else { return }
            body(code, position..<position + count)
            position += (count + 3) / 4 * 4
        }
    }

    private func short(at position: Int) -> UInt16 {
        let (first, second) = (UInt16(buffer[position]), UInt16(buffer[position + 1]))
        return isBig ? first << 8 | second : second << 8 | first
    }

    private func number(at position: Int) -> UInt32 {
        let (first, second) = (UInt32(short(at: position)), UInt32(short(at: position + 2)))
        return isBig ? first << 16 | second : second << 16 | first
    }
}
