import CardIO
import ISO7816

/// A card behind a trace in which a script's secrets are masked.
final class ScriptChannel: CardChannel {
    private let base: any CardChannel

    /// - Parameter sink: is given each event; nil where nothing is traced.
    init(_ base: any CardChannel, name: String, secrets: [[UInt8]], sink: ((TraceEvent) -> Void)?) {
        func traced(_ base: some CardChannel) -> any CardChannel {
            guard let sink else { return base }
            return TracingChannel(base, name: name) { sink($0.masking(secrets)) }
        }
        self.base = traced(base)
    }

    func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU { try base.transmit(command) }
}
