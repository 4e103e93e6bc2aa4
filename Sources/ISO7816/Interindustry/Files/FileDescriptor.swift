/// What kind of file it is: data object 82 of an FCP (ISO/IEC 7816-4, 7.4.5, table of the file descriptor byte).
public struct FileDescriptor: Sendable, Hashable {
    /// How the content of an EF is laid out.
    public enum Structure: UInt8, Sendable, Hashable, CaseIterable {
        case unknown = 0
        /// A string of bytes.
        case transparent = 1
        /// Records of one length.
        case linearFixed = 2
        /// Records of one length, each made of SIMPLE-TLV data objects.
        case linearFixedTLV = 3
        /// Records of any length.
        case linearVariable = 4
        /// Records of any length, each made of SIMPLE-TLV data objects.
        case linearVariableTLV = 5
        /// Records of one length in a ring, record 1 being the one written last.
        case cyclic = 6
        /// Such a ring, each record made of SIMPLE-TLV data objects.
        case cyclicTLV = 7
    }

    /// 1 to 6 bytes as they came.
    public let bytes: [UInt8]

    /// - Returns: nil for none, or more than 6 bytes.
    public init?(_ bytes: some Collection<UInt8>) {
        guard (1...6).contains(bytes.count) else { return nil }
        self.bytes = [UInt8](bytes)
    }

    private var kind: UInt8 { bytes[0] }

    /// Whether several logical channels may use the file at once.
    public var isShareable: Bool { kind & 0xC0 == 0x40 }
    /// Whether it is a DF (or the MF).
    public var isDirectory: Bool { kind & 0xBF == 0x38 }
    /// Whether it is an EF of BER-TLV or SIMPLE-TLV data objects.
    public var holdsDataObjects: Bool { kind & 0xBF == 0x39 || kind & 0xBF == 0x3A }
    /// Whether it is an EF that the card itself works with.
    public var isInternal: Bool { kind & 0xB8 == 0x08 }
    /// How an EF's content is laid out; nil for a DF, an EF of data objects and what is not the standard's.
    public var structure: Structure? {
        kind & 0x80 == 0 && kind & 0x38 != 0x38 ? Structure(rawValue: kind & 0x07) : nil
    }

    /// The data coding byte.
    public var dataCoding: UInt8? { bytes.count > 1 ? bytes[1] : nil }
    /// The most bytes of a record.
    public var recordLength: Int? {
        switch bytes.count {
        case 3: Int(bytes[2])
        case 4...: Int(bytes[2]) << 8 | Int(bytes[3])
        default: nil
        }
    }
    /// How many records there are.
    public var recordCount: Int? {
        switch bytes.count {
        case 5: Int(bytes[4])
        case 6: Int(bytes[4]) << 8 | Int(bytes[5])
        default: nil
        }
    }
}

/// Where in its life a file is: data object 8A of an FCP (ISO/IEC 7816-4, 7.4.10).
public enum FileLifeCycle: Sendable, Hashable {
    case noInformation
    case creation
    case initialisation
    case activated
    case deactivated
    case terminated
    /// Not the standard's.
    case proprietary(UInt8)

    public init(_ byte: UInt8) {
        switch byte {
        case 0x00: self = .noInformation
        case 0x01: self = .creation
        case 0x03: self = .initialisation
        case 0x05, 0x07: self = .activated
        case 0x04, 0x06: self = .deactivated
        case 0x0C...0x0F: self = .terminated
        default: self = .proprietary(byte)
        }
    }
}
