public import ISO7816

/// A memory card behind a PC/SC reader's pseudo-APDUs.
public final class RemoteMemoryCard: SecuredMemory {
    /// Tells the reader the card type.
    ///
    /// - Parameter channel: leads to the reader.
    /// - Throws: `MemoryCardError` `.noAnswer` where the reader does not support such cards.
    public init(over channel: any CardChannel) throws(MemoryCardError) {
        super.init(try RemoteMemoryDriver(over: channel))
    }
}
