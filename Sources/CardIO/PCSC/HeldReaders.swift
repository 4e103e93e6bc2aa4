import ISO7816
import Synchronization

/// The readers whose cards are locked by the transactions in whose bodies a task runs.
///
/// A body is synchronous, so only a task that it starts and then waits for, as `BlockingChannel` does, could request
/// the same card again and wait forever. Tasks inherit this value; detached ones do not.
struct HeldReaders: Sendable {
    /// One transaction, for as long as it lasts.
    private final class Holding: Sendable {
        let reader: String
        let isOver = Atomic(false)
        init(_ reader: String) { self.reader = reader }
    }

    @TaskLocal static var current = HeldReaders(holdings: [])

    private let holdings: [Holding]

    /// Runs `body` as the body of a transaction with the card in `reader`.
    static func holding<Value>(_ reader: String, _ body: () throws -> Value) rethrows -> Value {
        let holding = Holding(reader)
        defer { holding.isOver.store(true, ordering: .releasing) }
        return try $current.withValue(HeldReaders(holdings: current.holdings + [holding]), operation: body)
    }

    /// - Throws: `CardError`, `.waitsForItself` where a transaction that this task is part of holds the card in
    ///   `reader`.
    func refuse(_ reader: String) throws(CardError) {
        for holding in holdings where holding.reader == reader && !holding.isOver.load(ordering: .acquiring) {
            throw CardError(.waitsForItself, subject: reader)
        }
    }
}
