import CardTrace
import ISO7816
import ValueElement

/// A way to a card, as an option of `CardOptions` names it: a reader, a file, another machine. Each carrier of commands
/// has one in a file of its own.
protocol CardSource: Sendable {
    /// Its name in messages.
    var name: String { get }
    /// Whether it takes any reader that holds a card, so that cards in readers that are named are connected before.
    var takesAnyReader: Bool { get }

    /// Connects to the card.
    ///
    /// - Parameter held: the readers of the other cards, which the card's own is not among.
    func connect(besides held: [String]) async throws -> any CardConnection

    /// Lends the card to `body`, while no other program can use it; by default on a thread of its own.
    func withCard<Value: Sendable>(
        _ tracer: Tracer?, _ body: sending @escaping (OpenCard) throws -> Value
    ) async throws -> Value
}

extension CardSource {
    var takesAnyReader: Bool { false }

    func withCard<Value: Sendable>(
        _ tracer: Tracer?, _ body: sending @escaping (OpenCard) throws -> Value
    ) async throws -> Value {
        nonisolated(unsafe) let body = body
        return try await CardLocation.withCards([CardLocation(self, tracer: tracer)]) { cards in try body(cards[0]) }
    }
}

/// A connection to a card, closed when the work is done.
protocol CardConnection: Sendable {
    /// The reader that it holds; nil for a file and for another machine's.
    var reader: String? { get }
    /// The card, to be used on the thread that called this.
    func card(_ tracer: Tracer?) throws -> OpenCard
    func close() async throws
}

extension CardConnection {
    var reader: String? { nil }
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

    /// - Parameters:
    ///   - channel: to the card.
    ///   - name: of its reader or file.
    ///   - answerToReset: as it was sent.
    ///   - tracer: of what goes over the channel; nil where that is traced elsewhere.
    ///   - file: the card itself, where it is in a file.
    ///   - reset: resets the card; nil where it cannot be reset.
    init(
        _ channel: some CardChannel, name: String, answerToReset: [UInt8], tracer: Tracer?,
        inFile file: ValueCard? = nil, reset: (() throws(CardError) -> Void)? = nil
    ) {
        self.name = name
        self.answerToReset = answerToReset
        let traced: any CardChannel = tracer?.trace(channel, name: name, answerToReset: answerToReset) ?? channel
        raw = if let file { CardFileChannel(traced, to: file) } else { traced }
        guard let reset else {
            self.reset = nil
            return
        }
        self.reset = { () throws(CardError) in
            try reset()
            tracer?.record(.reset, name: name, answerToReset: answerToReset)
        }
    }
}
