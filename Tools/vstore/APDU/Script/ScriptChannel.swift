import CardTrace
import ISO7816

/// A card for a script, over a trace in which the script's secrets are masked.
final class ScriptChannel: CardChannel {
    private let base: any CardChannel

    /// - Parameter isRaw: whether `61xx` and `6Cxx` are given as they are, instead of being followed.
    init(_ card: OpenCard, isRaw: Bool, masks: SecretMasks, tracer: Tracer?) {
        func traced(_ base: some CardChannel) -> any CardChannel {
            guard let tracer else { return base }
            tracer.record(.inserted, name: card.name, answerToReset: card.answerToReset)
            return tracer.trace(base, to: card, masks: masks)
        }
        let carrier = traced(card.raw)
        base = isRaw ? carrier : GetResponseChannel(carrier)
    }

    func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU { try base.transmit(command) }
    func transmit(bytes: [UInt8]) throws(CardError) -> ResponseAPDU { try base.transmit(bytes: bytes) }
}

/// The secrets of a script or a shell as they are now, for the trace that hides them.
final class SecretMasks {
    var secrets: [[UInt8]] = []
}
