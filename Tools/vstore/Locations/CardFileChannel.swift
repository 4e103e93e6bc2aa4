import ISO7816
import ValueElement

/// A channel to a card whose memory is a file of this machine: where the card says only that its memory failed (6581), the
/// error names the file and what the system said of it.
struct CardFileChannel: CardChannel {
    private let card: ValueCard
    private let channel: any CardChannel

    /// - Parameter channel: to the card, traced or not.
    init(_ channel: any CardChannel, to card: ValueCard) { (self.channel, self.card) = (channel, card) }

    var transmissionProtocol: TransmissionProtocol { channel.transmissionProtocol }

    func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        try checked(try channel.transmit(command))
    }

    func transmit(bytes: [UInt8]) throws(CardError) -> ResponseAPDU { try checked(try channel.transmit(bytes: bytes)) }

    /// Whatever the card was told is as unknown as behind its answer: a status word proves nothing.
    private func checked(_ response: ResponseAPDU) throws(CardError) -> ResponseAPDU {
        guard response.status == .memoryFailure, let failure = card.memoryFailure else { return response }
        throw CardError(.cardUnresponsive, subject: card.name, cause: failure)
    }
}
