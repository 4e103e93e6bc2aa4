import Dispatch
import ISO7816
import Issuing
import Synchronization

/// A reader into which the test's cards are inserted one after the other; bodies run on a thread outside the
/// cooperative pool.
final class TestStation: CardStation {
    /// A card with its power; used by one thread at a time.
    struct Card: @unchecked Sendable {
        let channel: any CardChannel
    }

    let name: String
    private let cards: Mutex<[Card]>
    /// When out of cards: whether to wait indefinitely, as a reader does, or to report that none will come.
    private let waits: Bool
    /// Called when out of cards, before it waits.
    private let whenEmpty: @Sendable () -> Void

    init(_ name: String, _ cards: [Card], waits: Bool = false, whenEmpty: @escaping @Sendable () -> Void = {}) {
        self.name = name
        self.cards = Mutex(cards)
        self.waits = waits
        self.whenEmpty = whenEmpty
    }

    func withNextCard<Value: Sendable>(
        _ body: @escaping @Sendable (any CardChannel) -> Value
    ) async throws -> Value? {
        try Task.checkCancellation()
        guard let card = cards.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else {
            whenEmpty()
            guard waits else { return nil }
            let (stream, continuation) = AsyncStream<Never>.makeStream()
            defer { continuation.finish() }
            for await _ in stream {}
            throw CancellationError()
        }
        return await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: body(card.channel)) }
        }
    }
}
