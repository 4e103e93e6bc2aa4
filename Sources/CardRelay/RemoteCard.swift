public import ISO7816

/// A card in a reader of another machine as a card of this one: put into a virtual reader, it is a card to every PC/SC
/// program here.
///
/// Commands and resets go to the other machine, answers come back as they are. Where the connection ends, or the card is
/// taken out there, the command at hand fails, and with it this card; nothing is sent again. Where there is no command at
/// hand, ``RelayChannel/attend(_:)`` takes it out of its virtual reader at once.
public final class RemoteCard: IntegratedCircuitCard {
    private let channel: RelayChannel

    /// - Parameter channel: to the card; this card is the only one to use it.
    public init(_ channel: RelayChannel) { self.channel = channel }

    public var answerToReset: [UInt8] { channel.face.answerToReset }

    public func reset() throws(CardError) { try channel.reset() }

    public func process(_ command: [UInt8]) throws(CardError) -> [UInt8] {
        let parsed: CommandAPDU
        do {
            parsed = try CommandAPDU(command)
        } catch {
            return ResponseAPDU(status: .wrongLength).bytes
        }
        return try channel.transmit(parsed).bytes
    }
}
