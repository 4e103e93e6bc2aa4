/// What a reader says of a contactless storage card, which has no answer to reset of its own, in the historical bytes
/// of the one that it makes up (PC/SC part 3, 3.1.3.2.3.2): `4F 0C`, the workgroup's RID, standard, name, four bytes 0.
public struct StorageCard: Sendable, Hashable {
    /// The standard that the card follows.
    public let standard: UInt8
    /// The card's number in the supplement to part 3.
    public let name: UInt16

    /// The registered identifier of the PC/SC workgroup.
    public static let workgroup: [UInt8] = [0xA0, 0x00, 0x00, 0x03, 0x06]

    /// From the historical bytes; nil where they are those of another card.
    init?(_ bytes: ArraySlice<UInt8>) {
        let bytes = Array(bytes)
        guard bytes.count == 15, bytes.starts(with: [0x80, 0x4F, 0x0C] + Self.workgroup),
            bytes.suffix(4).allSatisfy({ $0 == 0 })
        else { return nil }
        standard = bytes[8]
        name = UInt16(bytes[9]) << 8 | UInt16(bytes[10])
    }

    /// The standard in words; nil where the number is reserved.
    public var standardText: String? {
        switch standard {
        case 0x00: "no information on the standard"
        case 0x01...0x03: "ISO/IEC 14443 A, part \(standard)"
        case 0x05...0x07: "ISO/IEC 14443 B, part \(standard - 4)"
        case 0x09...0x0C: "ISO/IEC 15693, part \(standard - 8)"
        case 0x0D: "ISO/IEC 7816-10, I2C bus"
        case 0x0E: "ISO/IEC 7816-10, extended I2C bus"
        case 0x0F: "ISO/IEC 7816-10, 2-wire bus"
        case 0x10: "ISO/IEC 7816-10, 3-wire bus"
        case 0x11: "JIS X 6319-4"
        default: nil
        }
    }

    /// The card's name; nil where it is not one of those known here.
    public var nameText: String? {
        switch name {
        case 0x0000: "no name given"
        case 0x0001: "MIFARE Classic 1K"
        case 0x0002: "MIFARE Classic 4K"
        case 0x0003: "MIFARE Ultralight"
        case 0x0006: "SR176"
        case 0x0007: "SRIX4K"
        case 0x0012: "Tag-it"
        case 0x0013: "LRI512"
        case 0x0014: "ICODE SLI"
        case 0x0016: "I.CODE 1"
        case 0x0026: "MIFARE Mini"
        case 0x0036: "MIFARE Plus SL1 2K"
        case 0x0037: "MIFARE Plus SL1 4K"
        case 0x0038: "MIFARE Plus SL2 2K"
        case 0x0039: "MIFARE Plus SL2 4K"
        case 0x003A: "MIFARE Ultralight C"
        case 0x003B: "FeliCa"
        default: nil
        }
    }
}
