/// What kind of file it is: data object 82 of an FCP (ISO/IEC 7816-4, 7.4.5, table of the file descriptor byte).
public struct FileDescriptor: Sendable, Hashable {
    /// How the content of an EF is laid out.
    public enum Structure: UInt8, Sendable, Hashable, CaseIterable {
        case unknown = 0
        /// A string of bytes.
        case transparent = 1
        /// Fixed-length records.
        case linearFixed = 2
        /// Fixed-length records, each made of SIMPLE-TLV data objects.
        case linearFixedTLV = 3
        /// Variable-length records.
        case linearVariable = 4
        /// Variable-length records, each made of SIMPLE-TLV data objects.
        case linearVariableTLV = 5
        /// Fixed-length records in a ring; record 1 is the one written last.
        case cyclic = 6
        /// The same ring, each record made of SIMPLE-TLV data objects.
        case cyclicTLV = 7
    }

    /// The 1 to 6 bytes as received.
    public let bytes: [UInt8]

    /// - Returns: nil for no bytes or more than 6.
    public init?(_ bytes: some Collection<UInt8>) {
        guard (1...6).contains(bytes.count) else { return nil }
        self.bytes = [UInt8](bytes)
    }

    private var kind: UInt8 { bytes[0] }

    /// Whether several logical channels may use the file concurrently.
    public var isShareable: Bool { kind & 0xC0 == 0x40 }
    /// Whether it is a DF (or the MF).
    public var isDirectory: Bool { kind & 0xBF == 0x38 }
    /// Whether it is an EF of BER-TLV or SIMPLE-TLV data objects.
    public var holdsDataObjects: Bool { kind & 0xBF == 0x39 || kind & 0xBF == 0x3A }
    /// Whether it is an internal EF, for the card's own use.
    public var isInternal: Bool { kind & 0xB8 == 0x08 }
    /// How an EF's content is laid out; nil for a DF, an EF of data objects and proprietary values.
    public var structure: Structure? {
        kind & 0x80 == 0 && kind & 0x38 != 0x38 ? Structure(rawValue: kind & 0x07) : nil
    }

    /// The data coding byte.
    public var dataCoding: UInt8? { bytes.count > 1 ? bytes[1] : nil }
    /// Maximum record length, in bytes.
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

/// The life cycle status of a file: data object 8A of an FCP (ISO/IEC 7816-4, 7.4.10).
public enum FileLifeCycle: Sendable, Hashable {
    case noInformation
    case creation
    case initialisation
    case activated
    case deactivated
    case terminated
    /// Proprietary.
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
