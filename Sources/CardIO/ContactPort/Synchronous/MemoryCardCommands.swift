internal import ISO7816

/// The pseudo-APDUs by which PC/SC readers reach a memory card with protection and code (ACS ACR38 and ACR1281
/// reference manuals, "Memory card – SLE 4432/4442/5532/5542"; READ and UPDATE BINARY as in PC/SC part 3, 3.2.2.1).
enum MemoryCardCommand: UInt8 {
    /// SELECT CARD TYPE; data 06 for these cards.
    case selectCardType = 0xA4
    /// READ: P2 is the address; the data, and behind them the four bytes of protection bits where the reader adds them.
    case read = 0xB0
    /// READ PRESENTATION ERROR COUNTER: the counter and three bytes that mean nothing.
    case readErrorCounter = 0xB1
    /// READ PROTECTION BITS: four bytes, lowest bit first, 0 for a protected byte.
    case readProtection = 0xB2
    /// WRITE: P2 is the address.
    case write = 0xD0
    /// WRITE PROTECTION: protects the bytes from P2 on that equal the data.
    case writeProtection = 0xD1
    /// CHANGE CODE.
    case changeCode = 0xD2
    /// UPDATE BINARY of PC/SC part 3: as WRITE.
    case updateBinary = 0xD6
    /// PRESENT CODE: the status word's second byte is the error counter.
    case presentCode = 0x20

    static let cla: UInt8 = 0xFF
    static let cardType: UInt8 = 0x06
}
