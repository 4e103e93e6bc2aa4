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
        case .file(let path):
            let channel = try InProcessChannel(try EmulatedCard.open(path), name: path)
            let card = PlacedCard(
                raw: traced(channel, path), isT0: false, reset: { () throws(CardError) in try channel.reset() })
            return try body(card)
        case .reader(let query):
            let card = try await PCSCService().connect(to: query)
            let isT0 = try await card.status().activeProtocol == .t0
            let tracer = tracer
            let value = try await card.withTransaction { transaction in
                let channel = tracer?.trace(transaction, name: transaction.reader) ?? transaction
                return try body(PlacedCard(raw: channel, isT0: isT0, reset: nil))
            }
            try await card.disconnect()
            return value
        }
    }

    private func traced(_ channel: InProcessChannel, _ name: String) -> any CardChannel {
        tracer?.trace(channel, name: name) ?? channel
    }
}

/// A card that is at hand.
struct PlacedCard {
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
