/// The card-related content of a captured packet.
enum PacketUnit {
    case command(MaskedBytes)
    case answer(MaskedBytes)
    case exchange(MaskedBytes, MaskedBytes)
    case card(TraceCardEvent.Kind, [UInt8])

    /// - Returns: nil where it is not card-related.
    init?(_ data: ArraySlice<UInt8>, link: UInt16, note: PacketNote.Reading) {
        if link == Pcapng.upperPDU {
            self.init(exported: data, note: note)
        } else if let packet = LinkType.ipv4(in: data, link: link) {
            self.init(ipv4: packet, note: note)
        } else {
            return nil
        }
    }

    private init?(exported data: ArraySlice<UInt8>, note: PacketNote.Reading) {
        var rest = data
        var (isCard, direction): (Bool, UInt8?) = (false, nil)
        while true {
            guard rest.count >= 4 else { return nil }
            let start = rest.startIndex
            let tag = UInt16(rest[start]) << 8 | UInt16(rest[start + 1])
            let count = Int(rest[start + 2]) << 8 | Int(rest[start + 3])
            rest = rest.dropFirst(4)
            if tag == ExportedPDU.endOfTags { break }
            guard rest.count >= count else { return nil }
            let value = rest.prefix(count)
            rest = rest.dropFirst(count)
            if tag == ExportedPDU.dissectorName { isCard = Self.isISO7816(value) }
            if tag == ExportedPDU.direction, count == 4 { direction = value.last }
        }
        if let kind = note.kind {
            self = .card(kind, Array(rest))
            return
        }
        guard isCard else { return nil }
        var bytes = MaskedBytes(rest)
        for range in note.masked { bytes.mask(range) }
        switch direction {
        case UInt8(ExportedPDU.sent) where bytes.count >= 1: self = .command(bytes)
        case UInt8(ExportedPDU.received) where bytes.count >= 2:
            self = .answer(bytes)
        default: return nil
        }
    }

    private static func isISO7816(_ name: ArraySlice<UInt8>) -> Bool {
        let end = name.firstIndex(of: 0) ?? name.endIndex
        return name[..<end].elementsEqual("iso7816".utf8)
    }

    private static func split(
        _ payload: [UInt8], _ note: PacketNote.Reading
    ) -> (command: MaskedBytes, answer: MaskedBytes)? {
        if let command = note.command {
            let count = GSMTAP.command(command.bytes).count
            return payload.count >= count ? (command, MaskedBytes(payload.dropFirst(count))) : nil
        }
        return GSMTAP.split(payload).map { (MaskedBytes($0.command), MaskedBytes($0.answer)) }
    }

    private init?(ipv4 data: ArraySlice<UInt8>, note: PacketNote.Reading) {
        guard let first = data.first, first >> 4 == 4 else { return nil }
        let headerLength = Int(first & 0xF) * 4
        guard headerLength >= 20, data.count >= headerLength + 8, data[data.startIndex + 9] == 17 else { return nil }
        if let kind = note.kind, data.count < headerLength + 8 + 16 {
            self = .card(kind, [])
            return
        }
        let udp = data.dropFirst(headerLength)
        let start = udp.startIndex
        let ports = [0, 2].map { UInt16(udp[start + $0]) << 8 | UInt16(udp[start + $0 + 1]) }
        let count = Int(udp[start + 4]) << 8 | Int(udp[start + 5])
        guard ports.contains(GSMTAP.port), count >= 24, udp.count >= 24, udp.count >= count else { return nil }
        let tap = udp.prefix(count).dropFirst(8)
        let header = Int(tap[tap.startIndex + 1]) * 4
        guard tap[tap.startIndex] == 2, tap[tap.startIndex + 2] == GSMTAP.simType, header >= 16, tap.count >= header
        else { return nil }
        let payload = Array(tap.dropFirst(header))
        switch GSMTAP.Content(rawValue: tap[tap.startIndex + 12]) {
        case .answerToReset: self = .card(note.kind ?? .reset, payload)
        case .apdu:
            if let kind = note.kind {
                self = .card(kind, payload)
                return
            }
            guard var (command, answer) = Self.split(payload, note) else { return nil }
            for range in note.masked { command.mask(range) }
            for range in note.maskedAnswer { answer.mask(range) }
            self = answer.count == 0 ? .command(command) : .exchange(command, answer)
        case nil: return nil
        }
    }
}
