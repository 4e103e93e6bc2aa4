import CardIO
import CardRelay
import CardTrace
import ISO7816
import ValueElement

/// Where a card is: in a reader, or in a file, whose emulated card then runs in this process.
struct CardLocation: Sendable {
    enum Kind: Sendable {
        case reader(ReaderQuery, ReaderAccess)
        case file(String)
        case remote(RelayAddress, RelayCredentials)
    }

    let kind: Kind
    private let tracer: Tracer?

    init(_ kind: Kind, tracer: Tracer?) {
        self.kind = kind
        self.tracer = tracer
    }

    /// Its name in messages.
    var name: String {
        switch kind {
        case .reader(let query, _): query.description
        case .file(let path): path
        case .remote(let address, _): "relay at \(address)"
        }
    }

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
        switch kind {
        case .file(let path): return try body(try emulated(path))
        case .remote:
            nonisolated(unsafe) let body = body
            return try await CardLocation.withCards([self]) { cards in try body(cards[0]) }
        case .reader(let query, let access):
            let card = try await PCSCService().connect(
                to: query, mode: access.mode ?? .shared, protocols: access.protocols)
            let status = try await card.status()
            let tracer = tracer
            let value = try await card.withTransaction { transaction in
                let channel =
                    tracer?.trace(transaction, name: transaction.reader, answerToReset: status.answerToReset)
                    ?? transaction
                return try body(
                    OpenCard(
                        name: transaction.reader, answerToReset: status.answerToReset, raw: channel, reset: nil))
            }
            try await card.disconnect()
            return value
        }
    }

    /// Lends several cards at once to `body`, which runs on its own thread; no other program can use them meanwhile.
    static func withCards<Value: Sendable>(
        _ locations: [CardLocation], _ body: sending @escaping ([OpenCard]) throws -> Value
    ) async throws -> Value {
        var connections = [Connection?](repeating: nil, count: locations.count)
        do {
            // Readers that are named come first: the default one is the only other that holds a card.
            let (named, others) = (
                locations.indices.filter { !locations[$0].isDefaultReader },
                locations.indices.filter { locations[$0].isDefaultReader }
            )
            for index in named + others {
                let held = connections.compactMap { $0?.reader }
                connections[index] = try await locations[index].connection(besides: held)
            }
            let (thread, made) = (try CardThread(), connections.compactMap(\.self))
            nonisolated(unsafe) let body = body
            let outcome: Result<Value, any Error> = await withCheckedContinuation { continuation in
                thread.perform {
                    continuation.resume(
                        returning: Result { try body(try zip(locations, made).map { try $0.card(over: $1) }) })
                }
            }
            try await close(made)
            return try outcome.get()
        } catch {
            try await close(connections.compactMap(\.self))
            throw error
        }
    }

    private var isDefaultReader: Bool {
        if case .reader(.only, _) = kind { true } else { false }
    }

    /// The connection to close when the work is done: none for a file.
    private enum Connection {
        case none
        case card(Card, answerToReset: [UInt8])
        case relay(RelayChannel)

        /// The name of the reader that it holds; nil for a file and for another machine's.
        var reader: String? {
            if case .card(let card, _) = self { card.reader } else { nil }
        }
    }

    /// - Parameter held: the readers of the other cards, which the default one is not among.
    private func connection(besides held: [String]) async throws -> Connection {
        switch kind {
        case .file: return .none
        case .reader(var query, let access):
            let service = try PCSCService()
            if isDefaultReader, !held.isEmpty {
                let free = try await service.readerStates().filter { !held.contains($0.reader) }
                query = .name(try query.resolve(among: free))
            }
            let card = try await service.connect(
                to: query, mode: access.mode ?? .exclusive, protocols: access.protocols)
            return .card(card, answerToReset: try await card.status().answerToReset)
        case .remote(let address, let credentials):
            // Connecting blocks.
            let thread = try CardThread()
            let result: Result<RelayChannel, any Error> = await withCheckedContinuation { continuation in
                thread.perform {
                    continuation.resume(
                        returning: Result {
                            try RelayChannel.connect(
                                host: address.host, port: address.port, credentials: credentials)
                        })
                }
            }
            return .relay(try result.get())
        }
    }

    /// PINs that were given are forgotten with the reset that ends a connection.
    private static func close(_ connections: [Connection]) async throws {
        for connection in connections {
            switch connection {
            case .none: continue
            case .relay(let channel): channel.close()
            case .card(let card, _):
                do {
                    try await card.disconnect(.reset)
                } catch {
                    // Already closed, or the card was removed: there is nothing to close.
                    continue
                }
            }
        }
    }

    private func card(over connection: Connection) throws -> OpenCard {
        switch connection {
        case .none: return try emulated(name)
        case .card(let card, let answer):
            let channel = BlockingChannel(card)
            return placed(channel, card.reader, answer, reset: channel.reset)
        case .relay(let channel):
            let face = channel.face
            return placed(channel, face.name, face.answerToReset, reset: channel.reset)
        }
    }

    private func emulated(_ path: String) throws -> OpenCard {
        let card = try ValueCard.open(at: path)
        let channel = try InProcessChannel(card, name: path)
        return placed(channel, path, card.answerToReset, reset: channel.reset)
    }

    private func placed(
        _ channel: some CardChannel, _ name: String, _ answerToReset: [UInt8],
        reset: @escaping () throws(CardError) -> Void
    ) -> OpenCard {
        let tracer = tracer
        return OpenCard(
            name: name, answerToReset: answerToReset,
            raw: tracer?.trace(channel, name: name, answerToReset: answerToReset) ?? channel,
            reset: { () throws(CardError) in
                try reset()
                tracer?.record(.reset, name: name, answerToReset: answerToReset)
            })
    }
}

/// A connected card.
struct OpenCard {
    /// The name of its reader or file.
    let name: String
    /// The answer to reset, as it was sent.
    let answerToReset: [UInt8]
    /// Returns answers unchanged, including `61xx` and `6Cxx`. What passes through it is traced.
    let raw: any CardChannel
    /// Resets the card; nil where a transaction has it, which cannot be reset from within.
    let reset: (() throws(CardError) -> Void)?

    /// Complete answers, by automatic GET RESPONSE.
    var channel: any CardChannel { GetResponseChannel(raw) }
}
