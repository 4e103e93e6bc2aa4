public import ISO7816
internal import Synchronization

/// A PC/SC reader as a station: each inserted card is lent once, in one transaction on the card's own thread, without
/// automatic GET RESPONSE, which the caller adds.
public final class ReaderStation: CardStation {
    public let name: String
    private let service: PCSCService
    private let query: ReaderQuery
    /// Whether the card in the reader was already lent, or cannot be.
    private let isServed = Mutex(false)

    /// - Parameters:
    ///   - reader: the reader's name, as in `PCSCService.readers`.
    ///   - service: the service of the reader.
    public init(_ reader: String, of service: PCSCService) {
        name = reader
        self.service = service
        query = .name(reader)
    }

    /// - Throws: `CancellationError`; `CardError` where the reader or the service is gone.
    public func withNextCard<Value: Sendable>(
        _ body: @escaping @Sendable (any CardChannel) -> Value
    ) async throws -> Value? {
        while true {
            try await waitForNextCard()
            switch await lend(body) {
            case .success(let value):
                isServed.withLock { $0 = true }
                return value
            case .failure(let error):
                switch FailedLending(error.code) {
                case .cardNotServed: continue
                case .cardUnusable: isServed.withLock { $0 = true }
                case .readerUnusable: throw error
                }
            }
        }
    }

    /// Programs that probe every inserted card, as desktops and browsers do, may reset it before the transaction begins.
    private static let maxRestarts = 3

    private func waitForNextCard() async throws {
        do throws(CardError) {
            if isServed.withLock({ $0 }) { try await service.waitForRemoval(from: query) }
            isServed.withLock { $0 = false }
            try await service.waitForCard(in: query)
        } catch {
            if error.code == .cancelled { throw CancellationError() }
            throw error
        }
    }

    /// In a task of its own, which is not cancelled with the waiting one: work on a card is always completed.
    private func lend<Value: Sendable>(
        _ body: @escaping @Sendable (any CardChannel) -> Value
    ) async -> Result<Value, CardError> {
        let service = service
        let query = query
        let work = Task { () async -> Result<Value, CardError> in
            do {
                let card = try await service.connect(to: query)
                return .success(try await card.withTransaction(restarts: Self.maxRestarts) { body($0) })
            } catch let error as CardError {
                return .failure(error)
            } catch {
                return .failure(CardError(.communication, subject: query.description, cause: error))
            }
        }
        return await work.value
    }
}

/// Why a station could not lend a card. The body, which does not throw, did not run.
enum FailedLending {
    /// The card was reset, or was removed and another may already be in the reader: the card in the reader is next.
    case cardNotServed
    /// The card in the reader does not start: the next one is next.
    case cardUnusable
    /// The reader or the service is gone.
    case readerUnusable

    init(_ code: CardError.Code) {
        switch code {
        case .noCard, .cardRemoved, .cardReset: self = .cardNotServed
        case .cardUnresponsive, .protocolMismatch: self = .cardUnusable
        default: self = .readerUnusable
        }
    }
}
