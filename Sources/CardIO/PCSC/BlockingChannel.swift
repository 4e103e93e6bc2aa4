internal import Dispatch
public import ISO7816
internal import Synchronization

/// A card as a plain blocking channel, for a program that works with several cards from one thread of its own.
///
/// Each command goes over the card's thread by itself: connect exclusively where no other program may come between two.
/// The thread that calls must be its own, never one of Swift's cooperative pool, which it would block; a `CardThread`
/// serves. Work with one card is faster and safer inside `Card.withTransaction`.
public final class BlockingChannel: CardChannel {
    private let card: Card
    private let patience: Duration

    /// - Parameters:
    ///   - card: where the commands go.
    ///   - patience: how long one command may take.
    public init(_ card: Card, patience: Duration = .seconds(30)) {
        self.card = card
        self.patience = patience
    }

    public var transmissionProtocol: TransmissionProtocol { card.activeProtocol.transmissionProtocol }

    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        let (card, deadline) = (card, ContinuousClock.now + patience)
        return try wait { () async throws(CardError) in try await card.transmit(command, deadline: deadline) }
    }

    /// Resets the card.
    ///
    /// - Throws: `CardError`.
    public func reset() throws(CardError) {
        let (card, deadline) = (card, ContinuousClock.now + patience)
        try wait { () async throws(CardError) in try await card.reset(deadline: deadline) }
    }

    private func wait<Value: Sendable>(
        _ work: @escaping @Sendable () async throws(CardError) -> Value
    ) throws(CardError) -> Value {
        let done = DispatchSemaphore(value: 0)
        let outcome = Outcome<Value>()
        Task {
            let result: Result<Value, CardError>
            do throws(CardError) {
                result = .success(try await work())
            } catch {
                result = .failure(error)
            }
            outcome.value.withLock { $0 = result }
            done.signal()
        }
        done.wait()
        guard let result = outcome.value.withLock({ $0 }) else { throw CardError(.cancelled, subject: card.reader) }
        return try result.get()
    }

    private final class Outcome<Value: Sendable>: Sendable {
        let value = Mutex<Result<Value, CardError>?>(nil)
    }
}
