/// A channel to a card: a command APDU goes in and a response APDU comes back.
///
/// A PC/SC reader, an emulated card in this process, a meter's card slot and a power line are all channels, and
/// everything that works with cards is written against this protocol. A call blocks until the answer has arrived;
/// carriers that must not block a caller run it on an executor of their own.
///
/// A carrier sends what it is given and returns what it receives. Over T=0 these are TPDUs, and `61xx` and `6Cxx` come
/// back like any other status word: for whole answers, wrap the carrier once in a ``GetResponseChannel``.
public protocol CardChannel {
    /// Which protocol carries the commands; ``GetResponseChannel`` maps them accordingly. `.t1` unless a channel says
    /// otherwise; a channel between another and a `GetResponseChannel` returns that of the other.
    var transmissionProtocol: TransmissionProtocol { get }

    /// Sends `command` and returns the card's answer, whatever its status word.
    ///
    /// - Throws: `CardError` where no answer came. Whether the card executed the command is then unknown.
    func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU

    /// Sends bytes that need not be a command APDU, exactly as they are, and returns the card's answer.
    ///
    /// Nothing above a carrier adds to them, changes them or follows their answer. A channel that can carry only command
    /// APDUs, such as one with secure messaging, does not implement it.
    ///
    /// - Throws: as above; `.unsupported` where the bytes are not a command APDU and the channel carries only those.
    func transmit(bytes: [UInt8]) throws(CardError) -> ResponseAPDU
}

extension CardChannel {
    public var transmissionProtocol: TransmissionProtocol { .t1 }

    public func transmit(bytes: [UInt8]) throws(CardError) -> ResponseAPDU {
        let command: CommandAPDU
        do throws(APDUError) {
            command = try CommandAPDU(bytes)
        } catch {
            throw CardError(.unsupported, subject: "bytes that are not a command APDU", cause: error)
        }
        return try transmit(command)
    }
}

/// The form in which commands and answers pass through a channel (ISO/IEC 7816-3, 12).
public enum TransmissionProtocol: Sendable, Hashable {
    /// TPDUs of T=0: case 1 with P3 00, case 4 without its Le, answers announced by `61xx`.
    case t0
    /// APDUs as they are: T=1, contactless, in process, and above a ``GetResponseChannel``.
    case t1
}

/// A card as its reader sees it: it has an answer to reset, and answers commands.
///
/// Emulated cards conform; carriers (in process, vpcd, a contact port) make them available to programs.
public protocol IntegratedCircuitCard: AnyObject {
    /// The answer to reset, as sent (ISO/IEC 7816-3, 8.1).
    var answerToReset: [UInt8] { get }

    /// Applies power or a warm reset: volatile state is lost, and a card that had failed is started again.
    ///
    /// - Throws: `CardError` with code `.cardUnresponsive` where the card cannot start.
    func reset() throws(CardError)

    /// Answers one command: at least a status word.
    ///
    /// - Throws: `CardError` with code `.cardUnresponsive` where the card failed before it could answer.
    func process(_ command: [UInt8]) throws(CardError) -> [UInt8]
}

/// How a card is reset.
public enum ResetKind: Sendable, Hashable {
    /// By its RST contact, with power on.
    case warm
    /// By switching its power off and on.
    case cold
}
