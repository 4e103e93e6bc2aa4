internal import Dispatch
public import ISO7816
internal import Synchronization

/// A card as a plain blocking channel, for a program that works with several cards from one thread of its own.
///
/// Each command is sent on the card's thread on its own: connect exclusively where no other program may intervene. The
/// calling thread must be the program's own, e.g. a `CardThread`, never one of Swift's cooperative pool, which it would
/// block. Work with one card is faster and safer inside `Card.withTransaction`.
public final class BlockingChannel: CardChannel {
    private let card: Card
    private let timeout: Duration

    /// - Parameters:
    ///   - card: the card.
    ///   - timeout: timeout per command.
    public init(_ card: Card, timeout: Duration = .seconds(30)) {
        self.card = card
        self.timeout = timeout
    }

    public var transmissionProtocol: TransmissionProtocol { card.activeProtocol.transmissionProtocol }

    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        try transmit(bytes: command.bytes)
    }

    public func transmit(bytes: [UInt8]) throws(CardError) -> ResponseAPDU {
        let (card, deadline) = (card, ContinuousClock.now + timeout)
        return try wait { () async throws(CardError) in try await card.transmit(bytes: bytes, deadline: deadline) }
    }

    /// Resets the card.
    ///
    /// - Throws: `CardError`.
    public func reset() throws(CardError) {
        let (card, deadline) = (card, ContinuousClock.now + timeout)
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
