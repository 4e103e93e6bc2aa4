import CardIO
import ISO7816

/// A card in a PC/SC reader of this machine.
struct ReaderSource: CardSource {
    private let query: ReaderQuery
    private let access: ReaderAccess

    init(_ query: ReaderQuery, _ access: ReaderAccess = ReaderAccess()) {
        self.query = query
        self.access = access
    }

    var name: String { query.description }
    var takesAnyReader: Bool { if case .only = query { true } else { false } }

    func connect(besides held: [String]) async throws -> any CardConnection {
        let service = try PCSCService()
        var query = query
        if takesAnyReader, !held.isEmpty {
            let free = try await service.readerStates().filter { !held.contains($0.reader) }
            query = .name(try query.resolve(among: free))
        }
        let card = try await service.connect(
            to: query, mode: access.mode ?? .exclusive, protocols: access.protocols)
        return ReaderConnection(card: card, answerToReset: try await card.status().answerToReset)
    }

    /// On the card's thread, within a transaction.
    func withCard<Value: Sendable>(
        _ tracer: Tracer?, _ body: sending @escaping (OpenCard) throws -> Value
    ) async throws -> Value {
        let card = try await PCSCService().connect(
            to: query, mode: access.mode ?? .shared, protocols: access.protocols)
        let status = try await card.status()
        let value = try await card.withTransaction { transaction in
            try body(
                OpenCard(
                    transaction, name: transaction.reader, answerToReset: status.answerToReset, tracer: tracer))
        }
        try await card.disconnect()
        return value
    }
}

private struct ReaderConnection: CardConnection {
    let card: Card
    let answerToReset: [UInt8]

    var reader: String? { card.reader }

    func card(_ tracer: Tracer?) -> OpenCard {
        let channel = BlockingChannel(card)
        return OpenCard(
            channel, name: card.reader, answerToReset: answerToReset, tracer: tracer, reset: channel.reset)
    }

    /// PINs that were given are forgotten with the reset.
    func close() async {
        do {
            try await card.disconnect(.reset)
        } catch {
            // Already closed, or the card was removed: there is nothing to close.
            return
        }
    }
}
