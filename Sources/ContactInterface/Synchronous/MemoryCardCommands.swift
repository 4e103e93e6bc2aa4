internal import ISO7816

/// The pseudo-APDUs by which PC/SC readers reach a memory card (ACS ACR38x reference manual 6.02, 9.2; GET DATA, LOAD
/// KEYS, GENERAL AUTHENTICATE, READ and UPDATE BINARY as in PC/SC part 3, 3.2.2.1).
enum MemoryCardCommand: UInt8 {
    /// SELECT PAGE SIZE of an I²C card: 03 to 07 for 8 to 128 bytes.
    case selectPageSize = 0x01
    /// PRESENT CODE: the status word's second byte is the error counter.
    case presentCode = 0x20
    /// LOAD KEYS into the reader, for GENERAL AUTHENTICATE.
    case loadKeys = 0x82
    /// GENERAL AUTHENTICATE with a previously loaded key.
    case authenticate = 0x86
    /// SELECT CARD TYPE.
    case selectCardType = 0xA4
    /// READ: P1-P2 is the address.
    case read = 0xB0
    /// READ PRESENTATION ERROR COUNTER: the counter and three meaningless bytes. For an I²C card of 1,024 kbit: READ of
    /// its upper half.
    case readErrorCounter = 0xB1
    /// READ PROTECTION BITS: four bytes, lowest bit first, 0 for a protected byte.
    case readProtection = 0xB2
    /// GET DATA of the card.
    case getData = 0xCA
    /// WRITE: P1-P2 is the address.
    case write = 0xD0
    /// WRITE PROTECTION: protects the bytes from P2 on that equal the data. For an I²C card of 1,024 kbit: WRITE of its
    /// upper half.
    case writeProtection = 0xD1
    /// CHANGE CODE.
    case changeCode = 0xD2
    /// UPDATE BINARY of PC/SC part 3: as WRITE.
    case updateBinary = 0xD6

    static let cla: UInt8 = 0xFF
}

/// The card types of SELECT CARD TYPE supported here.
enum MemoryCardType: UInt8 {
    /// I²C, 1 to 16 kbit.
    case smallI2C = 0x01
    /// I²C, 32 to 1,024 kbit.
    case largeI2C = 0x02
    /// SLE 4432, 4442, 5532 and 5542.
    case twoWire = 0x06
}

/// Status words of the pseudo-APDUs whose meaning differs from ISO/IEC 7816-4.
extension StatusWord {
    /// The card has no such function.
    static let functionNotSupported = StatusWord(0x6A81)
    /// LOAD KEYS: the card type has no keys.
    static let cardKeyNotSupported = StatusWord(0x6982)
    /// LOAD KEYS: the reader has no keys of its own. GENERAL AUTHENTICATE: not possible.
    static let readerKeyNotSupported = StatusWord(0x6983)
    /// LOAD KEYS: encrypted keys are not supported.
    static let securedNotSupported = StatusWord(0x6985)
    /// LOAD KEYS: no non-volatile memory. GENERAL AUTHENTICATE: unknown key type.
    static let lastingNotSupported = StatusWord(0x6987)
    static let keyTypeNotKnown = StatusWord(0x6986)
    static let noSuchKey = StatusWord(0x6988)
    static let wrongKeyLength = StatusWord(0x6989)
}
