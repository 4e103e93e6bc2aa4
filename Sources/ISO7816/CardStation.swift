/// A place where cards are inserted one after the other: a reader at a desk, or a folder of emulated cards.
///
/// The body is synchronous and blocks on the card: a station runs it where blocking is allowed, on a thread of its own
/// and never on Swift's cooperative pool.
public protocol CardStation: Sendable {
    /// The reader's name.
    var name: String { get }

    /// Waits for a card that was not yet processed, lends it to `body`, and returns its result.
    ///
    /// The channel is the carrier's: `61xx` and `6Cxx` are passed through; wrap it in a `GetResponseChannel` for whole
    /// answers.
    ///
    /// If the task is cancelled while waiting for a card, this throws `CancellationError`; once the body has begun it
    /// runs to its end, so that no card is left half written.
    ///
    /// - Returns: nil where no further card will come.
    func withNextCard<Value: Sendable>(
        _ body: @escaping @Sendable (any CardChannel) -> Value
    ) async throws -> Value?
}
