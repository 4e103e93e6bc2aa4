/// Writes records as blocks of pcapng, one interface per reader.
struct PcapngWriter: Sendable {
    /// How a packet holds an APDU.
    enum Packets: Sendable {
        /// An exported PDU with the dissector's name and a direction: Wireshark shows ISO 7816.
        case exportedPDU
        /// GSMTAP over UDP and IPv4, command and answer in one: Wireshark shows GSM SIM.
        case gsmtap
    }

    private let packets: Packets
    private let text = TraceText()
    private var interfaces: [String: UInt32] = [:]
    /// The state of the cards according to the packets so far.
    private var cards = TraceCards()

    init(_ packets: Packets) { self.packets = packets }

    /// The start of a file.
    static func sectionHeader(_ secrets: SecretPolicy) -> [UInt8] {
        let comment =
            switch secrets {
            case .hidden:
                "Bytes of PINs and keys are masked: 00 stands for each, and a comment of the packet says where."
            case .shown: "PINs and keys are shown."
            }
        var bytes: [UInt8] = []
        bytes.appendBlock(Pcapng.sectionHeader) { body in
            body.appendLittle(Pcapng.byteOrder)
            body.appendLittle(UInt16(1))
            body.appendLittle(UInt16(0))
            body.appendLittle(Int64(-1))
            body.appendOption(Pcapng.comment, comment.utf8)
            body.appendOption(Pcapng.application, "vstore".utf8)
            body.appendOption(Pcapng.endOfOptions, [])
        }
        return bytes
    }

    /// Appends the blocks of a record.
    mutating func write(_ record: DecodedRecord, to bytes: inout [UInt8]) {
        switch record {
        case .card(let event):
            cards.follow(event)
            write(event, to: &bytes)
        case .exchange(let event):
            let interface = interface(of: event.reader, in: &bytes)
            let isNew = !event.answerToReset.isEmpty && cards.answerToReset(in: event.reader) != event.answerToReset
            if isNew { cards.record(event.answerToReset, in: event.reader) }
            let notes =
                (event.sender.map { [PacketNote.from($0)] } ?? [])
                + (isNew ? [PacketNote.answerToReset(event.answerToReset)] : [])
            switch packets {
            case .exportedPDU: writeExported(event, interface, notes, to: &bytes)
            case .gsmtap: writeGSMTAP(event, interface, notes, to: &bytes)
            }
        }
    }

    private mutating func interface(of reader: String, in bytes: inout [UInt8]) -> UInt32 {
        if let number = interfaces[reader] { return number }
        let number = UInt32(interfaces.count)
        interfaces[reader] = number
        bytes.appendBlock(Pcapng.interfaceDescription) { body in
            body.appendLittle(packets == .gsmtap ? Pcapng.ipv4 : Pcapng.upperPDU)
            body.appendLittle(UInt16(0))
            body.appendLittle(UInt32(0))
            body.appendOption(Pcapng.interfaceName, reader.utf8)
            body.appendOption(Pcapng.timeResolution, [9])
            body.appendOption(Pcapng.endOfOptions, [])
        }
        return number
    }

    private func writeExported(
        _ event: DecodedEvent, _ interface: UInt32, _ notes: [String], to bytes: inout [UInt8]
    ) {
        let start = Self.nanoseconds(event.time)
        var comments = [text.commandWords(event)] + PacketNote.masked(event.command) + notes
        if case .failure(let error) = event.outcome {
            comments.append(PacketNote.noAnswer(error, after: event.duration))
        }
        append(to: &bytes, interface, start, comments) { packet in
            Self.appendTags("iso7816", ExportedPDU.sent, to: &packet)
            packet += event.command.bytes
        }
        guard case .response(let response) = event.outcome else { return }
        let end = start &+ UInt64(event.duration?.nanoseconds ?? 0)
        append(to: &bytes, interface, end, [text.answerWords(response)] + PacketNote.masked(response.bytes)) { packet in
            Self.appendTags("iso7816", ExportedPDU.received, to: &packet)
            packet += response.bytes.bytes
        }
    }

    private func writeGSMTAP(
        _ event: DecodedEvent, _ interface: UInt32, _ notes: [String], to bytes: inout [UInt8]
    ) {
        var comments = [text.commandWords(event)] + PacketNote.masked(event.command) + notes
        var payload = GSMTAP.command(event.command.bytes)
        var answer: [UInt8] = []
        switch event.outcome {
        case .failure(let error): comments.append(PacketNote.noAnswer(error, after: event.duration))
        case .response(let response):
            comments.append(text.answerWords(response))
            comments += PacketNote.masked(answer: response.bytes)
            if let duration = event.duration { comments.append(PacketNote.answered(after: duration)) }
            answer = response.bytes.bytes
            payload += answer
        }
        let read = GSMTAP.split(payload)
        if read?.command != event.command.bytes || read?.answer != answer {
            comments.append(PacketNote.command(event.command))
        }
        let fits = payload.count <= GSMTAP.maxPayloadLength
        if !fits { comments.append("Left out: \(payload.count) bytes are more than a datagram holds.") }
        append(to: &bytes, interface, Self.nanoseconds(event.time), comments) { packet in
            if fits { GSMTAP.append(payload, type: .apdu, to: &packet) } else { GSMTAP.appendNothing(to: &packet) }
        }
    }

    private mutating func write(_ event: TraceCardEvent, to bytes: inout [UInt8]) {
        let interface = interface(of: event.reader, in: &bytes)
        let comments = [PacketNote.card(event.kind)] + (event.sender.map { [PacketNote.from($0)] } ?? [])
        append(to: &bytes, interface, Self.nanoseconds(event.time), comments) { packet in
            switch packets {
            case .gsmtap where event.answerToReset.isEmpty: GSMTAP.appendNothing(to: &packet)
            case .gsmtap: GSMTAP.append(event.answerToReset, type: .answerToReset, to: &packet)
            case .exportedPDU where event.answerToReset.isEmpty: Self.appendTags("data", nil, to: &packet)
            case .exportedPDU:
                Self.appendTags("iso7816", ExportedPDU.received, to: &packet)
                packet += event.answerToReset
            }
        }
    }

    /// A packet must have a time: 1970-01-01 where it is unknown.
    private static func nanoseconds(_ time: Int64?) -> UInt64 { UInt64(clamping: time ?? 0) &* 1000 }

    private func append(
        to bytes: inout [UInt8], _ interface: UInt32, _ nanoseconds: UInt64, _ comments: [String],
        _ write: (inout [UInt8]) -> Void
    ) {
        bytes.appendBlock(Pcapng.enhancedPacket) { body in
            body.appendLittle(interface)
            body.appendLittle(UInt32(truncatingIfNeeded: nanoseconds >> 32))
            body.appendLittle(UInt32(truncatingIfNeeded: nanoseconds))
            let lengths = body.count
            body.appendLittle(UInt64(0))
            write(&body)
            let count = UInt32(body.count - lengths - 8)
            for offset in 0..<8 { body[lengths + offset] = UInt8(truncatingIfNeeded: count >> (8 * (offset % 4))) }
            body.pad(from: lengths)
            for comment in comments { body.appendOption(Pcapng.comment, comment.utf8) }
            body.appendOption(Pcapng.endOfOptions, [])
        }
    }

    private static func appendTags(_ dissector: String, _ direction: UInt32?, to packet: inout [UInt8]) {
        let padding = (4 - dissector.utf8.count % 4) % 4
        packet.appendBig(ExportedPDU.dissectorName)
        packet.appendBig(UInt16(dissector.utf8.count + padding))
        packet += dissector.utf8
        for _ in 0..<padding { packet.append(0) }
        if let direction {
            packet.appendBig(ExportedPDU.direction)
            packet.appendBig(UInt16(4))
            packet.appendBig(direction)
        }
        packet.appendBig(ExportedPDU.endOfTags)
        packet.appendBig(UInt16(0))
    }
}
