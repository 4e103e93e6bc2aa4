public import ISO7816
import Synchronization

/// A card connected through the PC/SC service.
///
/// Each card has its own connection to the service and its own thread: cards do not wait for each other, and no call
/// blocks a thread of Swift's cooperative pool. Every call has a deadline; when it passes, or the task is cancelled,
/// the call throws at once with `.deadlineExceeded` or `.cancelled`. If a command or a reader function was in progress,
/// the card must be reset before further use, because the outcome is unknown.
///
/// When the value is released, the connection ends and the card is reset.
public final class Card: Sendable {
    /// The reader's name.
    public let reader: String
    private let agreed: AgreedProtocol
    private let thread: CardThread
    // Accessed only on the thread.
    private nonisolated(unsafe) let handle: CardHandle

    init(_ handle: sending CardHandle, thread: CardThread) {
        self.reader = handle.reader
        self.agreed = handle.agreed
        unsafe self.handle = handle
        self.thread = thread
    }

    deinit {
        // The last reference is released on the thread, after pending calls.
        nonisolated(unsafe) let handle = unsafe handle
        thread.perform { withExtendedLifetime(unsafe handle) {} }
    }

    /// The protocol negotiated at the last connection or reset; nil without a card, in `.direct` mode.
    public var activeProtocol: CardProtocol? { agreed.value }

    /// Locks the card for `body`, which runs on the card's thread while no other program and no other task can access
    /// it.
    ///
    /// The body is synchronous: it can wait only for the card. The transaction ends on every exit path; where the body
    /// threw or was cancelled, the card is reset.
    ///
    /// A reset by another program since the last use of this connection is `.cardReset`: selection and verification are
    /// lost. For a body that starts from the beginning, by selecting what it needs, `restarts` allows running it on the
    /// freshly reset card instead: the transaction is then restarted, unless a command of the body was already sent.
    ///
    /// - Parameters:
    ///   - restarts: max. number of restarts after another program's reset.
    ///   - deadline: when the body is cancelled, between two of its commands; nil for no deadline.
    ///   - body: works with the card, on the card's thread.
    /// - Throws: what the body threw, or `CardError`: `.cardReset`, or `.waitsForItself` where the caller is in the
    ///   body of a transaction with the same reader.
    public func withTransaction<Value: Sendable>(
        restarts: Int = 0, deadline: ContinuousClock.Instant? = nil,
        _ body: sending @escaping (Transaction) throws -> Value
    ) async throws -> Value {
        try HeldReaders.current.refuse(reader)
        nonisolated(unsafe) let handle = unsafe handle
        return try await thread.call(
            subject: reader, deadline: deadline, failure: { $0 as any Error },
            // A failed transaction has reset the card, or never held it.
            dropped: { _, wasDone in if wasDone { unsafe recover(handle) } },
            work: { call in try unsafe runTransaction(handle, call, restarts: restarts, body) })
    }

    /// Sends one command and returns the answer, whatever its status word: with T=0 also `61xx` and `6Cxx`. Other
    /// programs may send commands in between: use a transaction for commands that belong together, such as a command
    /// and its GET RESPONSE.
    ///
    /// - Parameters:
    ///   - command: the command, sent as it is; with T=0 a TPDU.
    ///   - deadline: when the call throws at the latest; nil for no deadline.
    /// - Throws: `CardError`.
    public func transmit(
        _ command: CommandAPDU, deadline: ContinuousClock.Instant? = nil
    ) async throws(CardError) -> ResponseAPDU {
        try await transmit(bytes: command.bytes, deadline: deadline)
    }

    /// Sends bytes as they are, which need not be a command APDU, and returns the answer; otherwise as above.
    ///
    /// - Throws: `CardError`.
    public func transmit(
        bytes: [UInt8], deadline: ContinuousClock.Instant? = nil
    ) async throws(CardError) -> ResponseAPDU {
        try await perform(.doubtful, deadline: deadline) { (handle) throws(CardError) in
            if let cancellationError = handle.cancellationError { throw cancellationError }
            return try handle.transmit(bytes)
        }
    }

    /// The card's state in the service: answer to reset, protocol in use.
    ///
    /// - Throws: `CardError`.
    public func status(deadline: ContinuousClock.Instant? = nil) async throws(CardError) -> CardStatus {
        try await perform(.harmless, deadline: deadline) { (handle) throws(CardError) in try handle.status() }
    }

    /// Resets the card: its volatile state is lost.
    ///
    /// - Throws: `CardError`.
    public func reset(_ kind: ResetKind = .warm, deadline: ContinuousClock.Instant? = nil) async throws(CardError) {
        try await perform(.settled, deadline: deadline) { (handle) throws(CardError) in
            try handle.reconnect(kind == .warm ? .reset : .unpower)
        }
    }

    /// Reconnects, after another program's reset or to change the share mode.
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

    /// Ends the connection and applies `disposition` to the card. Later calls fail. A card that was inserted after the
    /// connected one was removed is left unchanged.
    ///
    /// - Throws: `CardError`.
    public func disconnect(
        _ disposition: CardDisposition = .reset, deadline: ContinuousClock.Instant? = nil
    ) async throws(CardError) {
        try await perform(.settled, deadline: deadline) { (handle) throws(CardError) in
            try handle.disconnect(disposition)
        }
    }

    /// Powers the card off and ends the connection.
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

    /// Calls a vendor's function of the reader, and returns its answer.
    ///
    /// - Throws: `CardError`, `.unsupported` where the reader does not have it.
    public func control(
        _ code: ControlCode, _ data: [UInt8] = [], deadline: ContinuousClock.Instant? = nil
    ) async throws(CardError) -> [UInt8] {
        try await perform(.doubtful, deadline: deadline) { (handle) throws(CardError) in
            try handle.control(code.rawValue, data)
        }
    }

    /// The card's state after a call whose task was cancelled while it ran.
    private enum Lateness {
        /// Unchanged: the call concerns only the service and its reader.
        case harmless
        /// Known if the call was executed.
        case settled
        /// Unknown: the answer was discarded.
        case doubtful
    }

    private func perform<Value: Sendable>(
        _ lateness: Lateness, deadline: ContinuousClock.Instant?,
        _ work: sending @escaping (CardHandle) throws(CardError) -> Value
    ) async throws(CardError) -> Value {
        // The thread is busy with the transaction, and the service would make another connection wait for its end.
        try HeldReaders.current.refuse(reader)
        nonisolated(unsafe) let handle = unsafe handle
        let subject = reader
        return try await thread.call(
            subject: subject, deadline: deadline,
            dropped: { verdict, wasDone in
                guard lateness == .doubtful || (lateness == .settled && !wasDone) else { return }
                unsafe handle.cancellationError = CardError(.callCancelled, subject: subject, cause: verdict)
            },
            work: { (_: BlockingCall<Value, CardError>) throws(CardError) in try unsafe work(handle) })
    }
}
