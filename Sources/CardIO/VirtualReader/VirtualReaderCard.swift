public import ISO7816
import Synchronization

/// The card side of vsmartcard's virtual reader (vpcd): inserts an emulated card into a slot of the PC/SC service,
/// where every program of this machine can use it.
///
/// The card runs on a thread of its own. If it fails during a command it is removed from the reader; it can be inserted
/// again.
public final class VirtualReaderCard: Sendable {
    /// The port of the first slot of the first virtual reader; further slots use the following ports.
    public static let firstPort: UInt16 = 35_963

    /// Why a card is no longer in the reader.
    public enum Departure: Sendable, Equatable {
        /// `remove()` was called.
        case removed
        /// The service ended or closed the slot.
        case readerClosed
        /// The card failed during a command.
        case failed(CardError)
    }

    /// The host of the PC/SC service.
    public let host: String
    /// The slot's port.
    public let port: UInt16
    private let card: CardHolder
    private let thread: CardThread
    private let session = Mutex<VPCDSession?>(nil)

    private var subject: String { "virtual reader at \(host):\(port)" }

    /// Prepares to insert `card` into a slot; `insert()` does it.
    ///
    /// - Throws: `CardError` where the system cannot create a thread.
    public init(
        _ card: sending any IntegratedCircuitCard, host: String = "127.0.0.1",
        port: UInt16 = VirtualReaderCard.firstPort
    ) throws(CardError) {
        self.host = host
        self.port = port
        self.card = CardHolder(card)
        self.thread = try CardThread()
    }

    deinit { session.withLock { $0 }?.shutDown() }

    /// Whether the card is in the slot.
    public var isInserted: Bool { session.withLock { $0 }?.isOver == false }

    /// Inserts the card. Returns once connected to the service, which notices the card at its next poll, within half a
    /// second: wait for its event. Does nothing where the card is already inserted.
    ///
    /// - Throws: `CardError` with code `.noVirtualReader` where nothing listens on the port.
    public func insert(deadline: ContinuousClock.Instant? = nil) async throws(CardError) {
        guard !isInserted else { return }
        let (host, port, subject) = (host, port, subject)
        let session = try await thread.call(subject: subject, deadline: deadline) {
            (_: BlockingCall<VPCDSession, CardError>) throws(CardError) in
            do {
                return VPCDSession(try TCPSocket(host: host, port: port), subject: subject)
            } catch {
                throw CardError(.noVirtualReader, subject: subject, cause: error)
            }
        }
        self.session.withLock { $0 = session }
        thread.perform { [card] in session.serve(card) }
    }

    /// Removes the card, and returns when its thread has released it.
    ///
    /// - Parameter answering: whether a command in progress is answered first; if not, its program gets an error, as
    ///   when a card is pulled out.
    public func remove(answering: Bool = false) async {
        beginRemoval(answering: answering)
        await waitUntilRemoved()
    }

    func beginRemoval(answering: Bool) { session.withLock { $0 }?.shutDown(answering: answering) }

    /// Waits until the card is removed, for any reason; returns at once where it is not inserted.
    @discardableResult
    public func waitUntilRemoved() async -> Departure {
        guard let session = session.withLock({ $0 }) else { return .removed }
        return await session.departure()
    }

    /// Reads or changes the card between two commands.
    public func withCard<Value, Failure: Error>(
        _ body: (any IntegratedCircuitCard) throws(Failure) -> sending Value
    ) throws(Failure) -> sending Value {
        try card.withCard(body)
    }
}

/// A card that one thread at a time may use.
final class CardHolder: Sendable {
    private let card: Mutex<any IntegratedCircuitCard>

    init(_ card: sending any IntegratedCircuitCard) { self.card = Mutex(card) }

    func withCard<Value, Failure: Error>(
        _ body: (any IntegratedCircuitCard) throws(Failure) -> sending Value
    ) throws(Failure) -> sending Value {
        try card.withLock { (card) throws(Failure) in try body(card) }
    }
}
