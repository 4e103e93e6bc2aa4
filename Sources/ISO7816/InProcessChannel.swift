/// The simplest carrier: an emulated card in this process, which gets its commands as bytes.
///
/// A card that failed stays unresponsive until `reset()`, as in a reader.
public final class InProcessChannel: CardChannel {
    /// The card's name in errors and traces.
    public let name: String
    private let card: any IntegratedCircuitCard
    private var isDead = false

    /// Inserts `card` and powers it up.
    ///
    /// - Throws: `CardError` where the card cannot start.
    public init(_ card: any IntegratedCircuitCard, name: String = "in-process card") throws(CardError) {
        self.card = card
        self.name = name
        try card.reset()
    }

    /// Resets the card, which ends its sessions.
    ///
    /// - Throws: `CardError` where the card cannot start.
    public func reset() throws(CardError) {
        isDead = true
        try card.reset()
        isDead = false
    }

    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        try transmit(bytes: command.bytes)
    }

    public func transmit(bytes: [UInt8]) throws(CardError) -> ResponseAPDU {
        guard !isDead else { throw CardError(.cardUnresponsive, subject: name) }
        let answer: [UInt8]
        do {
            answer = try card.process(bytes)
        } catch {
            isDead = true
            throw error
        }
        do {
            return try ResponseAPDU(answer)
        } catch {
            throw CardError(.malformedAnswer, subject: name, cause: error)
        }
    }
}
