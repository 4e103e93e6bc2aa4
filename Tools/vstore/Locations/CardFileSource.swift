import CardIO
import ISO7816
import ValueElement

/// A card in a file, emulated in this process.
struct CardFileSource: CardSource, CardConnection {
    /// The file's path.
    let name: String

    init(_ path: String) { name = path }

    func connect(besides held: [String]) -> any CardConnection { self }

    func withCard<Value: Sendable>(
        _ tracer: Tracer?, _ body: sending @escaping (OpenCard) throws -> Value
    ) async throws -> Value { try body(try card(tracer)) }

    func card(_ tracer: Tracer?) throws -> OpenCard {
        let card = try ValueCard.open(at: name)
        let channel = try InProcessChannel(card, name: name)
        return OpenCard(
            channel, name: name, answerToReset: card.answerToReset, tracer: tracer, inFile: card, reset: channel.reset)
    }

    /// There is nothing to close.
    func close() {}
}
