/// The link types of captures (tcpdump's registry, LINKTYPE_ names): which are read, and what the others are called.
enum LinkType {
    /// Whether packets of this type can contain APDUs that are read.
    static func isRead(_ link: UInt16) -> Bool { link == Pcapng.upperPDU || isCarrier(link) }

    /// The IPv4 packet in a frame; nil where it has none.
    static func ipv4(in data: ArraySlice<UInt8>, link: UInt16) -> ArraySlice<UInt8>? {
        switch link {
        case 101, 228: data
        // BSD loopback: a protocol family of 4 bytes, whose IPv4 has the number 2 everywhere.
        case 0, 108: data.count > 4 ? data.dropFirst(4) : nil
        case 1: packet(in: data, header: 14, type: 12)
        case 113: packet(in: data, header: 16, type: 14)
        case 276: packet(in: data, header: 20, type: 0)
        default: nil
        }
    }

    private static func isCarrier(_ link: UInt16) -> Bool { [0, 1, 101, 108, 113, 228, 276].contains(link) }

    /// What is behind a header whose EtherType at offset `type` is that of IPv4.
    private static func packet(in data: ArraySlice<UInt8>, header: Int, type: Int) -> ArraySlice<UInt8>? {
        let start = data.startIndex
        guard data.count > header, data[start + type] == 0x08, data[start + type + 1] == 0 else { return nil }
        return data.dropFirst(header)
    }

    /// Names the types of a capture that are not read, and those that are.
    static func unread(_ links: [UInt16]) -> String {
        let found = links.prefix(4).map { link in "link type \(link)\(name(link).map { " (\($0))" } ?? "")" }
        return found.joined(separator: ", ") + "; read are ISO 7816 as exported PDUs (252), and GSMTAP over UDP in "
            + "Ethernet (1), raw IP (101, 228), loopback (0, 108) and Linux cooked (113, 276)"
    }

    /// The name of a type that captures near cards and readers have; nil for any other.
    static func name(_ link: UInt16) -> String? { names[link] }

    private static let names: [UInt16: String] = [
        0: "BSD loopback", 1: "Ethernet", 6: "Token Ring", 9: "PPP", 50: "PPP in HDLC", 101: "raw IP",
        105: "IEEE 802.11", 108: "OpenBSD loopback", 113: "Linux cooked", 127: "IEEE 802.11 with radiotap",
        147: "user 0", 148: "user 1", 149: "user 2", 150: "user 3", 162: "user 15", 177: "LAPD",
        186: "FreeBSD USB", 187: "Bluetooth HCI H4", 189: "USB of Linux", 192: "PPI", 195: "IEEE 802.15.4",
        201: "Bluetooth HCI H4 with direction", 220: "USB of Linux, memory-mapped", 228: "IPv4", 229: "IPv6",
        245: "NFC LLCP", 249: "USB of Windows (USBPcap)", 251: "Bluetooth LE", 252: "exported PDU", 253: "netlink",
        254: "Bluetooth of Linux", 264: "ISO 14443", 265: "RDS", 266: "USB of macOS", 272: "Bluetooth LE nRF",
        276: "Linux cooked version 2",
    ]
}
