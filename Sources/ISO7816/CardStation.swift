/// A place where cards are put in one after the other: a reader at a desk, or a folder of emulated cards.
///
/// The body is synchronous and blocks on the card: a station runs it where that is allowed, on a thread of its own and
/// never on Swift's cooperative pool.
public protocol CardStation: Sendable {
    /// The reader's name.
    var name: String { get }

    /// Waits for a card that was not lent yet, lends it to `body`, and gives what that returned.
    ///
    /// The channel is the carrier's: `61xx` and `6Cxx` come as they are, and whoever uses it puts a `GetResponseChannel`
    /// on.
    ///
    /// Where the task is cancelled while it waits for a card it throws `CancellationError`; once the body has begun it
    /// lets it end, so that no card is left half written.
    ///
    /// - Returns: nil where no further card will come.
    func withNextCard<Value: Sendable>(
        _ body: @escaping @Sendable (any CardChannel) -> Value
    ) async throws -> Value?
}
