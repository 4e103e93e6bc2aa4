public import ISO7816

/// A reader at which blank cards are put in, one after the other.
///
/// The body is synchronous and blocks on the card: a station runs it where that is allowed, on a thread of the reader's
/// own and never on Swift's cooperative pool.
public protocol IssuingStation: Sendable {
    /// The reader's name.
    var name: String { get }

    /// Waits for a card that was not lent yet, lends it to `body`, and gives what that returned.
    ///
    /// The channel is the carrier's: `61xx` and `6Cxx` come as they are, and whoever uses it puts a `GetResponseChannel`
    /// on.
    ///
    /// Where the task is cancelled while it waits for a card it throws `CancellationError`; once the body has begun it
    /// lets it end, so that no card is left half issued.
    ///
    /// - Returns: nil where no card will come any more.
    func withNextCard<Value: Sendable>(
        _ body: @escaping @Sendable (any CardChannel) -> Value
    ) async throws -> Value?
}
