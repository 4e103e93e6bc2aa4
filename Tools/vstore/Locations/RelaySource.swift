import CardIO
import CardRelay
import ISO7816

/// A card in a reader of another machine, where `vstore apdu relay serve` runs.
struct RelaySource: CardSource {
    private let address: RelayAddress
    private let credentials: RelayCredentials

    init(_ address: RelayAddress, _ credentials: RelayCredentials) {
        self.address = address
        self.credentials = credentials
    }

    var name: String { "relay at \(address)" }

    func connect(besides held: [String]) async throws -> any CardConnection {
        // Connecting blocks.
        let thread = try CardThread()
        let result: Result<RelayChannel, any Error> = await withCheckedContinuation { continuation in
            thread.perform {
                continuation.resume(
                    returning: Result {
                        try RelayChannel.connect(host: address.host, port: address.port, credentials: credentials)
                    })
            }
        }
        return RelayConnection(channel: try result.get())
    }
}

private struct RelayConnection: CardConnection {
    let channel: RelayChannel

    func card(_ tracer: Tracer?) -> OpenCard {
        let face = channel.face
        return OpenCard(
            channel, name: face.name, answerToReset: face.answerToReset, tracer: tracer, reset: channel.reset)
    }

    func close() { channel.close() }
}
