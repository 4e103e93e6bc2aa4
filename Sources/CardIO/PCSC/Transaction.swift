public import ISO7816

/// The card under a transaction: the channel passed to the body of `Card.withTransaction`.
///
/// Commands and answers go directly to and from the PC/SC service, on the thread of the body, unchanged: with T=0,
/// TPDUs with `61xx` and `6Cxx`. For whole answers whatever the protocol, add automatic GET RESPONSE:
///
///     let element = try await card.withTransaction { transaction in
///         try ElementInfo.select(over: GetResponseChannel(transaction))
///     }
///
/// It is valid until the body ends, and throws afterwards.
public final class Transaction: CardChannel {
    /// Whether another program reset the card before, so that the transaction was restarted: selection and verification
    /// of earlier transactions are lost.
    public let isRestarted: Bool

    private let handle: CardHandle
    private let verdict: () -> CardError?
    private var isOpen = true
    /// Whether anything may have reached the card or the reader: a command that the service refuses because of a card
    /// reset reaches neither.
    private(set) var hasSent = false

    init(_ handle: CardHandle, isRestarted: Bool, verdict: @escaping () -> CardError?) {
        self.handle = handle
        self.isRestarted = isRestarted
        self.verdict = verdict
    }

    /// The reader's name.
    public var reader: String { handle.reader }

    public var transmissionProtocol: TransmissionProtocol { handle.activeProtocol.transmissionProtocol }

    /// Sends `command` as it is and returns the card's answer, whatever its status word.
    ///
    /// - Throws: `CardError`: `.deadlineExceeded` or `.cancelled` before sending, where the deadline has passed or the
    ///   task was cancelled; `.transactionOver` after the body ended.
    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        try send { () throws(CardError) in try handle.transmit(command.bytes) }
    }

    /// Sends the bytes as they are, which need not be a command APDU.
    ///
    /// - Throws: as above.
    public func transmit(bytes: [UInt8]) throws(CardError) -> ResponseAPDU {
        try send { () throws(CardError) in try handle.transmit(bytes) }
    }

    /// Calls a function of the reader, such as PIN entry on its keypad, and returns its answer.
    ///
    /// - Throws: as `transmit` does; `.unsupported` where the reader has no such function.
    public func control(_ code: ControlCode, _ data: [UInt8] = []) throws(CardError) -> [UInt8] {
        try send { () throws(CardError) in try handle.control(code.rawValue, data) }
    }

    /// Ends a function that the reader has started, even after the transaction was cancelled.
    public func abandon(_ code: ControlCode) {
        guard isOpen else { return }
        do throws(CardError) {
            _ = try handle.control(code.rawValue, [])
        } catch {
            // The card is reset with its transaction; nothing more can be done about the reader.
            return
        }
    }

    func close() { isOpen = false }

    @inline(__always)
    private func send<Answer>(_ sending: () throws(CardError) -> Answer) throws(CardError) -> Answer {
        guard isOpen else { throw CardError(.transactionOver, subject: handle.reader) }
        if let error = verdict() { throw error }
        do throws(CardError) {
            let answer = try sending()
            hasSent = true
            return answer
        } catch {
            if error.code != .cardReset { hasSent = true }
            throw error
        }
    }
}
