import CardIO
import ISO7816
import ValueElement

/// Where a card is: in a reader, or in a file, whose emulated card then runs in this process.
struct CardPlace: Sendable {
    enum Kind: Sendable {
        case reader(ReaderQuery)
        case file(String)
    }

    let kind: Kind
    private let tracer: Tracer?

    init(_ kind: Kind, tracer: Tracer?) {
        self.kind = kind
        self.tracer = tracer
    }

    /// What it is called in a message.
    var name: String {
        switch kind {
        case .reader(let query): query.description
        case .file(let path): path
        }
    }

    /// Lends a channel to the card to `body`, while nobody else can use the card.
    ///
    /// In a reader's case the body runs on the card's thread, within a transaction.
    func withChannel<Value: Sendable>(
        _ body: sending @escaping (any CardChannel) throws -> Value
    ) async throws -> Value {
        try await withCard { try body($0.channel) }
    }

    /// As `withChannel`, with what else can be done to the card.
    func withCard<Value: Sendable>(_ body: sending @escaping (PlacedCard) throws -> Value) async throws -> Value {
        switch kind {
        case .file(let path): return try body(try emulated(path))
        case .reader(let query):
            let card = try await PCSCService().connect(to: query)
            let status = try await card.status()
            let isT0 = status.activeProtocol == .t0
            let tracer = tracer
            let value = try await card.withTransaction { transaction in
                let channel =
                    tracer?.trace(transaction, name: transaction.reader, answerToReset: status.answerToReset)
                    ?? transaction
                return try body(PlacedCard(name: transaction.reader, raw: channel, isT0: isT0, reset: nil))
            }
            try await card.disconnect()
            return value
        }
    }

    /// Lends several cards at once to `body`, which runs on a thread of its own; nobody else can use them meanwhile.
    static func withCards<Value: Sendable>(
        _ places: [CardPlace], _ body: sending @escaping ([PlacedCard]) throws -> Value
    ) async throws -> Value {
        var connections: [Connection] = []
        do {
            for place in places { connections.append(try await place.connection()) }
            let (thread, made) = (try CardThread(), connections)
            nonisolated(unsafe) let body = body
            let outcome: Result<Value, any Error> = await withCheckedContinuation { continuation in
                thread.perform {
                    continuation.resume(
                        returning: Result { try body(try zip(places, made).map { try $0.card(over: $1) }) })
                }
            }
            try await close(connections)
            return try outcome.get()
        } catch {
            try await close(connections)
            throw error
        }
    }

    /// A reader's card with the protocol it speaks; nil for a file, which needs none.
    private typealias Connection = (card: Card, isT0: Bool, answerToReset: [UInt8])?

    private func connection() async throws -> Connection {
        guard case .reader(let query) = kind else { return nil }
        let card = try await PCSCService().connect(to: query, mode: .exclusive)
        let status = try await card.status()
        return (card, status.activeProtocol == .t0, status.answerToReset)
    }

    /// PINs that were given are forgotten with the reset that ends a connection.
    private static func close(_ connections: [Connection]) async throws {
        for connection in connections {
            do {
                try await connection?.card.disconnect(.reset)
            } catch {
                // Closed before, or taken out: there is nothing left to close.
                continue
            }
        }
    }

    private func card(over connection: Connection) throws -> PlacedCard {
        guard let (card, isT0, answer) = connection else { return try emulated(name) }
        let (channel, tracer) = (BlockingChannel(card), tracer)
        return PlacedCard(
            name: card.reader, raw: tracer?.trace(channel, name: card.reader, answerToReset: answer) ?? channel,
            isT0: isT0,
            reset: { () throws(CardError) in
                try channel.reset()
                tracer?.note(.reset, name: card.reader, answerToReset: answer)
            })
    }

    private func emulated(_ path: String) throws -> PlacedCard {
        let (card, tracer) = (try EmulatedCard.open(path), tracer)
        let channel = try InProcessChannel(card, name: path)
        return PlacedCard(
            name: path, raw: tracer?.trace(channel, name: path, answerToReset: card.answerToReset) ?? channel,
            isT0: false,
            reset: { () throws(CardError) in
                try channel.reset()
                tracer?.note(.reset, name: path, answerToReset: card.answerToReset)
            })
    }
}

/// A card that is at hand.
struct PlacedCard {
    /// What its reader or file is called.
    let name: String
    /// Answers as they come, `61xx` and `6Cxx` too.
    let raw: any CardChannel
    let isT0: Bool
    /// Resets the card; nil where a transaction has it, which cannot be reset from within.
    let reset: (() throws(CardError) -> Void)?

    /// Whole answers.
    var channel: any CardChannel { follow(raw) }

    private func follow(_ base: some CardChannel) -> any CardChannel {
        ResponseFollowing(base, transmission: isT0 ? .t0 : .t1)
    }
}
