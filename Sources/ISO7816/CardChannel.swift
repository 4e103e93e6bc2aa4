/// Something to which a command APDU goes and from which a response APDU comes.
///
/// A PC/SC reader, an emulated card in this process, a meter's card slot and a power line are all this, and everything
/// that works with cards is written against it. A call blocks until the answer is there; carriers that must not block a
/// caller run it on an executor of their own.
public protocol CardChannel {
    /// Sends `command` and gives the card's answer, whatever its status word.
    ///
    /// - Throws: `CardError` where no answer came. What the card did with the command is then unknown.
    func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU
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
