public import ISO7816

/// A card in a reader of another machine as a local card: in a virtual reader, every local PC/SC program can use it.
///
/// Commands and resets go to the other machine, answers come back unchanged. If the connection ends, or the card is
/// removed there, the current command fails, and with it this card; nothing is sent again. Without a current command,
/// ``RelayChannel/attend(_:)`` removes it from its virtual reader at once.
public final class RemoteCard: IntegratedCircuitCard {
    private let channel: RelayChannel

    /// - Parameter channel: to the card; used by this card only.
    public init(_ channel: RelayChannel) { self.channel = channel }

    public var answerToReset: [UInt8] { channel.face.answerToReset }

    public func reset() throws(CardError) { try channel.reset() }

    public func process(_ command: [UInt8]) throws(CardError) -> [UInt8] {
        try channel.transmit(bytes: command).bytes
    }
}
