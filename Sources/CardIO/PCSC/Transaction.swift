public import ISO7816

/// The card while nobody else may use it: the channel handed to the body of `Card.withTransaction`.
///
/// A command goes straight to the PC/SC service on the thread that the body runs on, as it is, and the answer is given as
/// it comes: with T=0, TPDUs and `61xx` and `6Cxx`. For whole answers whatever the protocol, put automatic GET RESPONSE
/// on it:
///
///     let element = try await card.withTransaction { transaction in
///         try ElementInfo.select(over: GetResponseChannel(transaction))
///     }
///
/// It serves until the body ends; kept longer, it throws.
public final class Transaction: CardChannel {
    /// Whether another program reset the card before, so that the transaction began again: nothing of earlier
    /// transactions is selected or verified any longer.
    public let isRestarted: Bool

    private let handle: CardHandle
    private let verdict: () -> CardError?
    private var isOpen = true
    /// Whether the card or the reader may have got anything: what the service refuses since the card was reset goes to
    /// neither.
    private(set) var hasSent = false

    init(_ handle: CardHandle, isRestarted: Bool, verdict: @escaping () -> CardError?) {
        self.handle = handle
        self.isRestarted = isRestarted
        self.verdict = verdict
    }

    /// The reader's name.
    public var reader: String { handle.reader }

    public var transmissionProtocol: TransmissionProtocol { handle.activeProtocol.transmissionProtocol }

    /// Sends `command` as it is and gives the card's answer, whatever its status word.
    ///
    /// - Throws: `CardError`: `.deadlineExceeded` or `.cancelled` before sending, where the body has no time left;
    ///   `.transactionOver` after the body ended.
    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        try send { () throws(CardError) in try handle.transmit(command.bytes) }
    }

    /// Has the reader do a function, such as the entry of a PIN on its keypad, and gives its answer.
    ///
    /// - Throws: as `transmit` does; `.unsupported` where the reader has no such function.
    public func control(_ code: ControlCode, _ data: [UInt8] = []) throws(CardError) -> [UInt8] {
        try send { () throws(CardError) in try handle.control(code.rawValue, data) }
    }

    /// Has the reader end a function that was begun, also where the transaction has been given up.
    public func abandon(_ code: ControlCode) {
        guard isOpen else { return }
        do throws(CardError) {
            _ = try handle.control(code.rawValue, [])
        } catch {
            // The card is reset with its transaction; the reader can be told no more.
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
