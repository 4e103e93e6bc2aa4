/// Numbers and blocks of pcapng as written here (draft-ietf-opsawg-pcapng), little-endian.
extension [UInt8] {
    mutating func appendLittle(_ value: some FixedWidthInteger) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) { append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    mutating func appendBig(_ value: some FixedWidthInteger) {
        for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// Zeros up to a multiple of four, counted from `start`.
    mutating func pad(from start: Int = 0) {
        while (count - start) % 4 != 0 { append(0) }
    }

    /// An option: its code, its length, its value with padding.
    mutating func appendOption(_ code: UInt16, _ value: some Collection<UInt8>) {
        let value = value.prefix(65_535)
        appendLittle(code)
        appendLittle(UInt16(value.count))
        append(contentsOf: value)
        for _ in 0..<((4 - value.count % 4) % 4) { append(0) }
    }

    /// A block whose body `body` writes, with its length before and after.
    mutating func appendBlock(_ type: UInt32, _ body: (inout [UInt8]) -> Void) {
        let start = count
        appendLittle(type)
        appendLittle(UInt32(0))
        body(&self)
        pad(from: start)
        let length = UInt32(count - start + 4)
        appendLittle(length)
        for offset in 0..<4 { self[start + 4 + offset] = UInt8(truncatingIfNeeded: length >> (8 * offset)) }
    }
}

/// The numbers of pcapng that traces use.
enum Pcapng {
    static let sectionHeader: UInt32 = 0x0A0D_0D0A
    static let interfaceDescription: UInt32 = 1
    static let packet: UInt32 = 2
    static let simplePacket: UInt32 = 3
    static let enhancedPacket: UInt32 = 6
    static let byteOrder: UInt32 = 0x1A2B_3C4D

    static let endOfOptions: UInt16 = 0
    static let comment: UInt16 = 1
    static let application: UInt16 = 4
    static let interfaceName: UInt16 = 2
    static let timeResolution: UInt16 = 9
    static let timeOffset: UInt16 = 14

    /// LINKTYPE_IPV4, LINKTYPE_WIRESHARK_UPPER_PDU.
    static let (ipv4, upperPDU): (UInt16, UInt16) = (228, 252)
}

/// The tags before an exported PDU (Wireshark's epan/exported_pdu.h), big-endian.
enum ExportedPDU {
    static let endOfTags: UInt16 = 0
    static let dissectorName: UInt16 = 12
    static let direction: UInt16 = 35

    /// To the card, and from it.
    static let (sent, received): (UInt32, UInt32) = (0, 1)
}
