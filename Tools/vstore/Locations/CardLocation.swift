import CardIO
import ISO7816

/// Where a card is, and whether what goes to it is traced.
struct CardLocation: Sendable {
    private let source: any CardSource
    private let tracer: Tracer?

    init(_ source: some CardSource, tracer: Tracer?) {
        self.source = source
        self.tracer = tracer
    }

    /// Its name in messages.
    var name: String { source.name }

    /// Lends a channel to the card to `body`, while no other program can use the card.
    ///
    /// In a reader's case the body runs on the card's thread, within a transaction.
    func withChannel<Value: Sendable>(
        _ body: sending @escaping (any CardChannel) throws -> Value
    ) async throws -> Value {
        try await withCard { try body($0.channel) }
    }

    /// Like `withChannel`, with the card's other operations.
    func withCard<Value: Sendable>(_ body: sending @escaping (OpenCard) throws -> Value) async throws -> Value {
        try await source.withCard(tracer, body)
    }

    /// Lends several cards at once to `body`, which runs on its own thread; no other program can use them meanwhile.
    static func withCards<Value: Sendable>(
        _ locations: [CardLocation], _ body: sending @escaping ([OpenCard]) throws -> Value
    ) async throws -> Value {
        var connections = [(any CardConnection)?](repeating: nil, count: locations.count)
        do {
            // Readers that are named come first: one that is not named is the only other that holds a card.
            let (named, others) = (
                locations.indices.filter { !locations[$0].source.takesAnyReader },
                locations.indices.filter { locations[$0].source.takesAnyReader }
            )
            for index in named + others {
                let held = connections.compactMap { $0?.reader }
                connections[index] = try await locations[index].source.connect(besides: held)
            }
            let (thread, made) = (try CardThread(), connections.compactMap(\.self))
            nonisolated(unsafe) let body = body
            let outcome: Result<Value, any Error> = await withCheckedContinuation { continuation in
                thread.perform {
                    continuation.resume(
                        returning: Result { try body(try zip(locations, made).map { try $1.card($0.tracer) }) })
                }
            }
            for connection in made { try await connection.close() }
            return try outcome.get()
        } catch {
            for connection in connections { try await connection?.close() }
            throw error
        }
    }
}
