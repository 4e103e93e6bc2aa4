import CardTrace
import ISO7816

/// A card behind a trace in which a script's secrets are masked.
final class ScriptChannel: CardChannel {
    private let base: any CardChannel

    init(_ card: OpenCard, masks: SecretMasks, tracer: Tracer?) {
        func traced(_ base: some CardChannel) -> any CardChannel {
            guard let tracer else { return base }
            tracer.note(.inserted, name: card.name, answerToReset: card.answerToReset)
            let sink = tracer.sink()
            return TracingChannel(base, name: card.name, sender: Tracer.sender, answerToReset: card.answerToReset) {
                sink($0.masking(masks.secrets))
            }
        }
        base = traced(card.raw)
    }

    func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU { try base.transmit(command) }
}
