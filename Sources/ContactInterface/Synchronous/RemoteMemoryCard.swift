public import ISO7816

/// A memory card behind a PC/SC reader's pseudo-APDUs.
public final class RemoteMemoryCard: SecuredMemory {
    /// Tells the reader which kind of card is in.
    ///
    /// - Parameter channel: leads to the reader.
    /// - Throws: `MemoryCardError` `.noAnswer` where the reader does not know such cards.
    public init(over channel: any CardChannel) throws(MemoryCardError) {
        super.init(try RemoteMemoryDriver(over: channel))
    }
}
