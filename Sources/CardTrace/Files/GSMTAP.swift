import ISO7816

/// GSMTAP version 2 over UDP and IPv4 (Osmocom's gsmtap.h): a header of 16 bytes, type 4 (SIM), then the T=0 TPDU and
/// its response.
enum GSMTAP {
    /// The content of a packet of type SIM.
    enum Content: UInt8 {
        case apdu = 0
        case answerToReset = 1
    }

    static let port: UInt16 = 4729
    /// Maximum payload of an IPv4 datagram.
    static let maxPayloadLength = 65_535 - 20 - 8 - 16
    static let simType: UInt8 = 4

    /// A command in the form of T=0: five header bytes, then the data, without Le. Extended lengths are kept.
    static func command(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count != 4 else { return bytes + [0] }
        do {
            let command = try CommandAPDU(bytes)
            let hasLe = !command.data.isEmpty && command.expectedLength != nil && bytes[4] != 0
            return hasLe ? Array(bytes.dropLast()) : bytes
        } catch {
            return bytes
        }
    }

    /// Instructions whose data come from the card (ISO/IEC 7816-4; ETSI TS 102 221, 10.1.2), which tell a command's
    /// data from an answer's where both would have the length P3.
    private static let answering: Set<UInt8> = [
        0x12, 0x84, 0xB0, 0xB1, 0xB2, 0xB3, 0xC0, 0xCA, 0xCB, 0xCC, 0xF2, 0x14, 0x70,
    ]

    /// Splits a T=0 exchange into command and answer; nil where it is too short for a command.
    static func split(_ bytes: [UInt8]) -> (command: [UInt8], answer: [UInt8])? {
        guard bytes.count >= 5 else { return bytes.count == 4 ? (bytes, []) : nil }
        let count = Int(bytes[4])
        let rest = bytes.count - 5
        if rest == count, count > 0, !answering.contains(bytes[1]) { return (bytes, []) }
        guard rest >= 2 else { return (bytes, []) }
        if rest == 2, count == 0 { return (Array(bytes[..<4]), Array(bytes[5...])) }
        let carriesData = count > 0 && rest >= count + 2 && !(answering.contains(bytes[1]) && rest == count + 2)
        let split = carriesData ? 5 + count : 5
        return (Array(bytes[..<split]), Array(bytes[split...]))
    }

    /// Adds IPv4, UDP and GSMTAP headers to a payload of at most `maxPayloadLength` bytes. From and to 127.0.0.1, no
    /// UDP checksum.
    static func append(_ payload: [UInt8], type: Content, to packet: inout [UInt8]) {
        appendUDP(port: port, count: 16 + payload.count, to: &packet)
        packet += [2, 4, simType, 0, 0, 0, 0, 0, 0, 0, 0, 0, type.rawValue, 0, 0, 0]
        packet += payload
    }

    /// An empty datagram to the discard port (RFC 863), for what GSMTAP cannot express.
    static func appendNothing(to packet: inout [UInt8]) { appendUDP(port: 9, count: 0, to: &packet) }

    private static func appendUDP(port: UInt16, count: Int, to packet: inout [UInt8]) {
        let start = packet.count
        packet += [0x45, 0x00]
        packet.appendBig(UInt16(20 + 8 + count))
        packet += [0, 0, 0, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1]
        let checksum = checksum(packet[start...])
        packet[start + 10] = UInt8(checksum >> 8)
        packet[start + 11] = UInt8(checksum & 0xFF)
        packet.appendBig(port)
        packet.appendBig(port)
        packet.appendBig(UInt16(8 + count))
        packet += [0, 0]
    }

    /// The one's complement of the sum of the 16-bit words (RFC 791, 3.1).
    private static func checksum(_ header: ArraySlice<UInt8>) -> UInt16 {
        var sum: UInt32 = 0
        for offset in stride(from: header.startIndex, to: header.endIndex, by: 2) {
            sum += UInt32(header[offset]) << 8 | UInt32(header[offset + 1])
        }
        sum = sum & 0xFFFF + sum >> 16
        return ~UInt16(truncatingIfNeeded: sum & 0xFFFF + sum >> 16)
    }
}
