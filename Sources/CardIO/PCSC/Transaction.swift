public import ISO7816

/// The card while nobody else may use it: the channel handed to the body of `Card.withTransaction`.
///
/// A command goes straight to the PC/SC service on the thread that the body runs on. Answers come whole: `61xx` and
/// `6Cxx` are followed; ``raw`` gives them as they are. Both serve until the body ends; kept longer, they throw.
public final class Transaction: CardChannel {
    private let direct: DirectChannel
    private let following: GetResponseChannel<DirectChannel>

    /// Whether another program reset the card before, so that the transaction began again: nothing of earlier
    /// transactions is selected or verified any longer.
    public let isRestarted: Bool

    init(_ handle: CardHandle, isRestarted: Bool, verdict: @escaping () -> CardError?) {
        self.isRestarted = isRestarted
        direct = DirectChannel(handle, verdict: verdict)
        following = GetResponseChannel(direct, transmission: handle.transmission)
    }

    /// The reader's name.
    public var reader: String { direct.handle.reader }

    /// The channel on which every command and every status word passes as it is. For T=0, commands are those of T=0.
    public var raw: any CardChannel { direct }

    /// Sends `command` and gives the card's whole answer, whatever its status word.
    ///
    /// - Throws: `CardError`: `.deadlineExceeded` or `.cancelled` before sending, where the body has no time left;
    ///   `.transactionOver` after the body ended.
    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        try following.transmit(command)
    }

    /// Has the reader do a function, such as the entry of a PIN on its keypad, and gives its answer.
    ///
    /// - Throws: as `transmit` does; `.unsupported` where the reader has no such function.
    public func control(_ code: ControlCode, _ data: [UInt8] = []) throws(CardError) -> [UInt8] {
        try direct.control(code, data)
    }

    /// Has the reader end a function that was begun, also where the transaction has been given up.
    public func abandon(_ code: ControlCode) { direct.abandon(code) }

    /// Whether the card or the reader may have got anything.
    var hasSent: Bool { direct.hasSent }

    func close() { direct.isOpen = false }
}

/// Sends commands as they are while its transaction lasts.
final class DirectChannel: CardChannel {
    let handle: CardHandle
    var isOpen = true
    /// Whether the card or the reader may have got anything: what the service refuses since the card was reset goes to
    /// neither.
    private(set) var hasSent = false
    private let verdict: () -> CardError?

    init(_ handle: CardHandle, verdict: @escaping () -> CardError?) {
        self.handle = handle
        self.verdict = verdict
    }

    func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        try send { () throws(CardError) in try handle.transmit(command.bytes) }
    }

    func control(_ code: ControlCode, _ data: [UInt8]) throws(CardError) -> [UInt8] {
        try send { () throws(CardError) in try handle.control(code.rawValue, data) }
    }

    func abandon(_ code: ControlCode) {
        guard isOpen else { return }
        do throws(CardError) {
            _ = try handle.control(code.rawValue, [])
        } catch {
            // The card is reset with its transaction; the reader can be told no more.
            return
        }
    }

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

extension CardHandle {
    /// How commands are given to the protocol in use.
    var transmission: GetResponseChannel<DirectChannel>.Transmission { activeProtocol == .t0 ? .t0 : .t1 }
}
