/// Something to which a command APDU goes and from which a response APDU comes.
///
/// A PC/SC reader, an emulated card in this process, a meter's card slot and a power line are all this, and everything
/// that works with cards is written against it. A call blocks until the answer is there; carriers that must not block a
/// caller run it on an executor of their own.
///
/// A carrier sends what it is given and returns what comes. Over T=0 that are TPDUs, and `61xx` and `6Cxx` come back like
/// any other status word: whoever wants whole answers puts a ``GetResponseChannel`` on the carrier, once.
public protocol CardChannel {
    /// What carries the commands, by which ``GetResponseChannel`` maps them. `.t1` unless a channel says otherwise;
    /// a channel that stands between another and a `GetResponseChannel` gives that of the other.
    var transmissionProtocol: TransmissionProtocol { get }

    /// Sends `command` and gives the card's answer, whatever its status word.
    ///
    /// - Throws: `CardError` where no answer came. What the card did with the command is then unknown.
    func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU
}

extension CardChannel {
    public var transmissionProtocol: TransmissionProtocol { .t1 }
}

/// In which form commands and answers pass through a channel (ISO/IEC 7816-3, 12).
public enum TransmissionProtocol: Sendable, Hashable {
    /// TPDUs of T=0: case 1 with P3 00, case 4 without its Le, answers announced by `61xx`.
    case t0
    /// APDUs as they are: T=1, contactless, in process, and above a ``GetResponseChannel``.
    case t1
}

/// A card as its reader sees it: something with an answer to reset, which takes a command and answers it.
///
/// Emulated cards conform; carriers (in process, vpcd, a contact port) offer them to programs.
public protocol IntegratedCircuitCard: AnyObject {
    /// The answer to reset, as sent (ISO/IEC 7816-3, 8.1).
    var answerToReset: [UInt8] { get }

    /// Applies power or a warm reset: volatile state is gone afterwards, and a card that had died is tried anew.
    ///
    /// - Throws: `CardError` with code `.cardUnresponsive` where the card cannot start.
    func reset() throws(CardError)

    /// Answers one command: at least a status word.
    ///
    /// - Throws: `CardError` with code `.cardUnresponsive` where the card died before it could answer.
    func process(_ command: [UInt8]) throws(CardError) -> [UInt8]
}

/// How a card is reset.
public enum ResetKind: Sendable, Hashable {
    /// By its reset contact, power staying on.
    case warm
    /// By taking its power away and giving it again.
    case cold
}
