internal import CPCSC
import ISO7816
import Synchronization

/// A PC/SC card handle. It is accessed only on its card's thread.
@safe final class CardHandle {
    let reader: String
    /// The negotiated protocol, which may be read from any thread.
    let agreed: AgreedProtocol
    private(set) var activeProtocol: CardProtocol? {
        get { agreed.value }
        set { agreed.value = newValue }
    }
    /// Why nothing may be sent until the card is reset: an earlier call was cancelled, and its answer discarded.
    var cancellationError: CardError?

    private let context: PCSCContext
    private let handle: SCARDHANDLE
    private var mode: ShareMode
    private var hold: ExclusiveHold?
    private var protocols: DWORD
    private var isConnected = true
    /// Whether anything was sent to the card.
    private var isUsed = false
    /// Whether the connected card was removed, or no longer answers.
    private var isLost = false
    /// The reader's count of insertions and removals at connection; nil where the service did not report it.
    private var changes: UInt16?
    private let answer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: maxAnswerLength)

    /// Connects. If another program holds the card, waits as long as `timeout` and `shouldContinue` allow.
    init(
        reader: String, mode: ShareMode, protocols: Set<CardProtocol>, timeout: Duration, clock: DeadlineClock,
        shouldContinue: () -> Bool
    ) throws(CardError) {
        let context = try PCSCContext()
        let wanted = mode == .direct ? 0 : protocols.reduce(DWORD(0)) { $0 | $1.flag }
        let attempt = ConnectionAttempt(
            reader: reader, mode: mode, protocols: wanted, timeout: timeout, clock: clock)
        let made = try attempt.make(in: context, while: shouldContinue)
        self.context = context
        self.handle = made.handle
        self.reader = reader
        self.mode = mode
        self.hold = mode == .exclusive ? ExclusiveHold(reader) : nil
        self.protocols = wanted
        self.agreed = AgreedProtocol(CardProtocol(made.active))
        self.changes = Self.changes(reader, self.context)
    }

    deinit {
        // Access rights that we obtained must not stay open for others. An unused card is not reset.
        if isConnected {
            ProcessEnd.unlessEnding {
                let disposition = isUsed ? dispositionForOurs(.reset) : .leave
                SCardDisconnect(handle, disposition.flag)
            }
        }
        unsafe answer.deallocate()
    }

    /// Sends one command, whatever the answer's status word.
    func transmit(_ command: [UInt8]) throws(CardError) -> ResponseAPDU {
        isUsed = true
        var count = unsafe DWORD(answer.count)
        let sending =
            switch activeProtocol {
            case .t0: unsafe vs_pci_t0()
            case .t1: unsafe vs_pci_t1()
            case .raw, nil: unsafe vs_pci_raw()
            }
        let result = unsafe command.withUnsafeBufferPointer { command in
            unsafe SCardTransmit(
                handle, sending, command.baseAddress, DWORD(command.count), nil, answer.baseAddress, &count)
        }
        if result != 0 { throw explain(result, "SCardTransmit") }
        // A card that failed while processing is reported as success without an answer.
        guard count >= 2 else {
            isLost = true
            throw CardError(.cardUnresponsive, subject: reader)
        }
        do {
            return try ResponseAPDU(unsafe Array(UnsafeBufferPointer(rebasing: answer[..<Int(count)])))
        } catch {
            throw CardError(.malformedAnswer, subject: reader, cause: error)
        }
    }

    /// Waits until no other program has a transaction with the card, and begins one.
    func beginTransaction() throws(CardError) {
        let result = SCardBeginTransaction(handle)
        if result != 0 { throw explain(result, "SCardBeginTransaction") }
    }

    /// Ends the transaction. After a reset it reconnects, since the service would otherwise report our own reset as
    /// that of another program.
    func endTransaction(_ disposition: CardDisposition) throws(CardError) {
        try check(SCardEndTransaction(handle, disposition.flag), "SCardEndTransaction", reader)
        if disposition != .leave {
            cancellationError = nil
            try reconnect(.leave)
        }
    }

    /// Reconnects, with a warm (`.reset`) or cold (`.unpower`) reset of the card or none.
    func reconnect(
        _ disposition: CardDisposition, mode: ShareMode? = nil, protocols: Set<CardProtocol>? = nil
    ) throws(CardError) {
        let mode = mode ?? self.mode
        let wanted = mode == .direct ? 0 : protocols.map { $0.reduce(DWORD(0)) { $0 | $1.flag } } ?? self.protocols
        var active = DWORD(0)
        try check(
            unsafe SCardReconnect(handle, mode.flag, wanted, disposition.flag, &active), "SCardReconnect", reader)
        if self.mode == .exclusive, mode != .exclusive {
            // pcscd would keep the exclusive lock like a transaction's: others would wait forever.
            let ended = SCardEndTransaction(handle, DWORD(SCARD_LEAVE_CARD))
            if ended != long(SCARD_E_NOT_TRANSACTED) { try check(ended, "SCardEndTransaction", reader) }
        }
        if mode != self.mode { hold = mode == .exclusive ? ExclusiveHold(reader) : nil }
        (self.mode, self.protocols, activeProtocol) = (mode, wanted, CardProtocol(active))
        isLost = false
        changes = Self.changes(reader, context)
        if disposition != .leave { cancellationError = nil }
    }

    /// Ends the connection. If the card was removed, `disposition` is not applied to its successor.
    func disconnect(_ disposition: CardDisposition) throws(CardError) {
        guard isConnected else { return }
        isConnected = false
        hold = nil
        try check(SCardDisconnect(handle, dispositionForOurs(disposition).flag), "SCardDisconnect", reader)
    }

    /// The disposition for the card in the reader, where `disposition` is meant for the connected one.
    private func dispositionForOurs(_ disposition: CardDisposition) -> CardDisposition {
        guard disposition != .leave else { return .leave }
        return isLost || changes != Self.changes(reader, context) ? .leave : disposition
    }

    private static func changes(_ reader: String, _ context: borrowing PCSCContext) -> UInt16? {
        do throws(CardError) {
            return try context.states(of: [(reader, 0)], milliseconds: 0).first?.changes
        } catch {
            // The reader or the service is gone: the next call reports it.
            return nil
        }
    }

    /// Reads the card's answer to reset and its state word.
    func status() throws(CardError) -> CardStatus {
        var nameCount = DWORD(0)
        var state = DWORD(0)
        var active = DWORD(0)
        var answerToReset = [UInt8](repeating: 0, count: Int(MAX_ATR_SIZE))
        var count = DWORD(answerToReset.count)
        let result = unsafe SCardStatus(handle, nil, &nameCount, &state, &active, &answerToReset, &count)
        if result != 0 { throw explain(result, "SCardStatus") }
        // Just after an insertion pcscd no longer reports the protocol that it has just negotiated.
        return CardStatus(
            rawValue: UInt32(truncatingIfNeeded: state), activeProtocol: CardProtocol(active) ?? activeProtocol,
            answerToReset: Array(answerToReset.prefix(Int(count))))
    }

    /// Reads an attribute of the reader.
    func attribute(_ number: UInt32) throws(CardError) -> [UInt8] {
        // A larger buffer is refused.
        var count = DWORD(MAX_BUFFER_SIZE)
        let result = unsafe SCardGetAttrib(handle, DWORD(number), answer.baseAddress, &count)
        if result != 0 { throw explain(result, "SCardGetAttrib") }
        return unsafe Array(answer.prefix(Int(count)))
    }

    /// Calls a vendor's function of the reader.
    func control(_ code: UInt32, _ data: [UInt8]) throws(CardError) -> [UInt8] {
        isUsed = true
        var count = DWORD(0)
        let result = unsafe SCardControl(
            handle, DWORD(code), data, DWORD(data.count), answer.baseAddress, DWORD(answer.count), &count)
        if result != 0 { throw explain(result, "SCardControl") }
        return unsafe Array(answer.prefix(Int(count)))
    }

    /// Creates the error of a call. A reset by another program is acknowledged, so that a caller who repeats the whole
    /// transaction, as the error advises, finds the card usable.
    private func explain(_ result: LONG, _ call: StaticString) -> CardError {
        let error = failure(result, call, reader)
        if [.cardRemoved, .noCard, .cardUnresponsive].contains(error.code) { isLost = true }
        guard error.code == .cardReset else { return error }
        do throws(CardError) { try reconnect(.leave) } catch { return error }
        return error
    }
}

/// The protocol negotiated at the last connection or reset; nil without a card.
final class AgreedProtocol: Sendable {
    private let state: Mutex<CardProtocol?>

    init(_ value: CardProtocol?) { state = Mutex(value) }

    var value: CardProtocol? {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}

extension CardProtocol? {
    /// The form in which commands are sent over it.
    var transmissionProtocol: TransmissionProtocol { self == .t0 ? .t0 : .t1 }
}

/// A card's state in its reader.
public struct CardStatus: Sendable, Hashable {
    /// The service's state word.
    public let rawValue: UInt32
    /// The protocol in use, nil where the card is without power.
    public let activeProtocol: CardProtocol?
    /// The card's answer to reset.
    public let answerToReset: [UInt8]

    /// Whether the card is in the reader.
    public var isPresent: Bool { rawValue & UInt32(SCARD_PRESENT) != 0 }
    /// Whether the card has power.
    public var isPowered: Bool { rawValue & UInt32(SCARD_POWERED) != 0 }
}

/// The maximum length in PC/SC: header, lengths, 65,536 bytes of data and a status word.
private let maxAnswerLength = 4 + 3 + 65_536 + 3 + 2
