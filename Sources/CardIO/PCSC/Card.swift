public import ISO7816
import Synchronization

/// A card connected through the PC/SC service.
///
/// Each card has a connection to the service and a thread of its own: cards do not wait for each other, and no call
/// blocks a thread of Swift's cooperative pool. Every call takes a deadline; when that passes, or the task is cancelled,
/// the caller is let go at once with `.deadlineExceeded` or `.cancelled`. Where a command or a function of the reader was
/// under way then, the card answers nothing more until it is reset, because nobody knows what it did.
///
/// When the value goes, the connection ends and the card is reset.
public final class Card: Sendable {
    /// The reader's name.
    public let reader: String
    private let agreed: AgreedProtocol
    private let thread: CardThread
    // Touched on the thread alone.
    private nonisolated(unsafe) let handle: CardHandle

    init(_ handle: sending CardHandle, thread: CardThread) {
        self.reader = handle.reader
        self.agreed = handle.agreed
        unsafe self.handle = handle
        self.thread = thread
    }

    deinit {
        // The last reference goes on the thread, behind the calls that wait.
        nonisolated(unsafe) let handle = unsafe handle
        thread.perform { withExtendedLifetime(unsafe handle) {} }
    }

    /// The protocol agreed on with the card at the last connection or reset; nil without a card, in `.direct` mode.
    public var activeProtocol: CardProtocol? { agreed.value }

    /// Holds the card for `body`, which runs on the card's thread while no other program and no other task can send
    /// anything to it.
    ///
    /// The body is synchronous: it cannot wait for anything but the card. The transaction ends on every way out; where
    /// the body threw or was given up, the card is reset.
    ///
    /// A reset by another program since the last use of this connection is `.cardReset`: what was selected or verified
    /// before is gone. A body that begins anew, by selecting what it needs, may be let run on the fresh card instead,
    /// with `restarts`: then the transaction begins again, as long as no command of the body has left. After the first
    /// command it never does.
    ///
    /// - Parameters:
    ///   - restarts: how often at most the transaction begins again after another program's reset.
    ///   - deadline: when the body is given up at the latest, between two of its commands; nil for never.
    ///   - body: what is done with the card, on the card's thread.
    /// - Throws: what the body threw, or `CardError`: `.cardReset`, or `.waitsForItself` where the caller is in the body
    ///   of a transaction with the same reader.
    public func withTransaction<Value: Sendable>(
        restarts: Int = 0, deadline: ContinuousClock.Instant? = nil,
        _ body: sending @escaping (Transaction) throws -> Value
    ) async throws -> Value {
        try HeldReaders.current.refuse(reader)
        nonisolated(unsafe) let handle = unsafe handle
        return try await thread.call(
            subject: reader, deadline: deadline, failure: { $0 as any Error },
            // A transaction that failed has reset the card, or never had it.
            dropped: { _, wasDone in if wasDone { unsafe recover(handle) } },
            work: { call in try unsafe runTransaction(handle, call, restarts: restarts, body) })
    }

    /// Sends one command and gives the answer, whatever its status word: with T=0 `61xx` and `6Cxx` too. Other programs
    /// may send between two of these: what belongs together, as a command and its GET RESPONSE do, goes into a
    /// transaction.
    ///
    /// - Parameters:
    ///   - command: what is sent, as it is; with T=0 a TPDU.
    ///   - deadline: when the caller is let go at the latest; nil for never.
    /// - Throws: `CardError`.
    public func transmit(
        _ command: CommandAPDU, deadline: ContinuousClock.Instant? = nil
    ) async throws(CardError) -> ResponseAPDU {
        try await perform(.doubtful, deadline: deadline) { (handle) throws(CardError) in
            if let abandonment = handle.abandonment { throw abandonment }
            return try handle.transmit(command.bytes)
        }
    }

    /// What the service knows of the card: answer to reset, protocol in use.
    ///
    /// - Throws: `CardError`.
    public func status(deadline: ContinuousClock.Instant? = nil) async throws(CardError) -> CardStatus {
        try await perform(.harmless, deadline: deadline) { (handle) throws(CardError) in try handle.status() }
    }

    /// Resets the card: its volatile state is gone.
    ///
    /// - Throws: `CardError`.
    public func reset(_ kind: ResetKind = .warm, deadline: ContinuousClock.Instant? = nil) async throws(CardError) {
        try await perform(.settled, deadline: deadline) { (handle) throws(CardError) in
            try handle.reconnect(kind == .warm ? .reset : .unpower)
        }
    }

    /// Takes the connection up again, after another program's reset or to share it otherwise.
    ///
    /// - Throws: `CardError`.
    public func reconnect(
        mode: ShareMode, protocols: Set<CardProtocol> = [.t0, .t1], disposition: CardDisposition = .leave,
        deadline: ContinuousClock.Instant? = nil
    ) async throws(CardError) {
        try await perform(.settled, deadline: deadline) { (handle) throws(CardError) in
            try handle.reconnect(disposition, mode: mode, protocols: protocols)
        }
    }

    /// Ends the connection and does with the card what `disposition` says. Later calls fail. A card that was put in since
    /// the connected one was taken out is left as it is.
    ///
    /// - Throws: `CardError`.
    public func disconnect(
        _ disposition: CardDisposition = .reset, deadline: ContinuousClock.Instant? = nil
    ) async throws(CardError) {
        try await perform(.settled, deadline: deadline) { (handle) throws(CardError) in
            try handle.disconnect(disposition)
        }
    }

    /// Takes the power from the card and ends the connection.
    ///
    /// - Throws: `CardError`.
    public func powerOff(deadline: ContinuousClock.Instant? = nil) async throws(CardError) {
        try await disconnect(.unpower, deadline: deadline)
    }

    /// Reads an attribute of the reader.
    ///
    /// - Throws: `CardError`, `.unsupported` where the reader does not have it.
    public func attribute(
        _ attribute: ReaderAttribute, deadline: ContinuousClock.Instant? = nil
    ) async throws(CardError) -> [UInt8] {
        try await perform(.harmless, deadline: deadline) { (handle) throws(CardError) in
            try handle.attribute(attribute.rawValue)
        }
    }

    /// Has the reader do a function of its vendor's, and gives its answer.
    ///
    /// - Throws: `CardError`, `.unsupported` where the reader does not have it.
    public func control(
        _ code: ControlCode, _ data: [UInt8] = [], deadline: ContinuousClock.Instant? = nil
    ) async throws(CardError) -> [UInt8] {
        try await perform(.doubtful, deadline: deadline) { (handle) throws(CardError) in
            try handle.control(code.rawValue, data)
        }
    }

    /// What is known of the card after a call whose task was let go while it ran.
    private enum Lateness {
        /// As before: the call asks the service and its reader, and nothing of the card.
        case harmless
        /// Known where the call was done.
        case settled
        /// Nothing: what it answered went to nobody.
        case doubtful
    }

    private func perform<Value: Sendable>(
        _ lateness: Lateness, deadline: ContinuousClock.Instant?,
        _ work: sending @escaping (CardHandle) throws(CardError) -> Value
    ) async throws(CardError) -> Value {
        // The thread is the transaction's, and the service lets another connection wait for its end.
        try HeldReaders.current.refuse(reader)
        nonisolated(unsafe) let handle = unsafe handle
        let subject = reader
        return try await thread.call(
            subject: subject, deadline: deadline,
            dropped: { verdict, wasDone in
                guard lateness == .doubtful || (lateness == .settled && !wasDone) else { return }
                unsafe handle.abandonment = CardError(.callAbandoned, subject: subject, cause: verdict)
            },
            work: { (_: BlockingCall<Value, CardError>) throws(CardError) in try unsafe work(handle) })
    }
}
